/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>

#include "base/io.h"

#define WAIT_MS 1000

bool lease_take(int fd)
{
	/* Whoever comes sends a signal: this one is ignored, where SIGIO would kill. */
	return fcntl(fd, F_SETSIG, SIGURG) == 0 && fcntl(fd, F_SETLEASE, F_WRLCK) == 0;
}

bool lease_holds(int fd)
{
	/* One that somebody waits for is said to be what it is going to be. */
	return fcntl(fd, F_GETLEASE) == F_WRLCK;
}

int lease_open(int dir, const char *name)
{
	const struct timespec nap = { 0, 1000000 };
	int i, fd = io_open_content(dir, name);

	for (i = 0; fd == -EWOULDBLOCK && i < WAIT_MS; i++) {
		nanosleep(&nap, NULL);
		fd = io_open_content(dir, name);
	}
	return fd;
}
