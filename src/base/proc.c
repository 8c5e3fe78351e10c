/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/proc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io.h"

pid_t proc_parent(pid_t pid)
{
	_cleanup_buf_ struct buf status = BUF_INIT;
	char path[64];
	const char *field;

	snprintf(path, sizeof path, "/proc/%d/status", pid);
	io_read_file(path, &status, 4096);
	field = status.data ? strstr(status.data, "\nPPid:") : NULL;
	return field ? (pid_t)strtol(field + 6, NULL, 10) : 0;
}
