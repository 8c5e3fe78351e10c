/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/lease.h"

#include <fcntl.h>
#include <signal.h>

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
