/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/proc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io.h"

/* A number of /proc/PID/status, by its name with the newline before and the colon behind. */
static pid_t status_field(pid_t pid, const char *name)
{
	_cleanup_buf_ struct buf status = BUF_INIT;
	char path[64];
	const char *field;

	snprintf(path, sizeof path, "/proc/%d/status", pid);
	io_read_file(path, &status, 4096);
	field = status.data ? strstr(status.data, name) : NULL;
	return field ? (pid_t)strtol(field + strlen(name), NULL, 10) : 0;
}

pid_t proc_parent(pid_t pid)
{
	return status_field(pid, "\nPPid:");
}

pid_t proc_of_thread(pid_t tid)
{
	return status_field(tid, "\nTgid:");
}
