/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/locks.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/proc.h"

/* "1: POSIX  ADVISORY  READ  1234 fe:00:5678 1073741826 1073742335" */
static pid_t holder_in(const char *line, const struct stat *st, bool writes)
{
	unsigned int major_hex, minor_hex;
	unsigned long long ino;
	char how[8];
	int pid;

	if (sscanf(line, "%*d: POSIX %*s %7s %d %x:%x:%llu", how, &pid, &major_hex, &minor_hex,
		    &ino) != 5 ||
		(writes && strcmp(how, "WRITE")))
		return 0;
	return pid > 0 && pid != getpid() && ino == st->st_ino && major_hex == major(st->st_dev) &&
			minor_hex == minor(st->st_dev) ?
		pid :
		0;
}

static pid_t find_holder(const char *path, bool writes)
{
	_cleanup_buf_ struct buf table = BUF_INIT;
	char *rest, *line;
	struct stat st;
	pid_t pid = 0;

	if (stat(path, &st) < 0 || io_read_file("/proc/locks", &table, PROC_TABLE_MAX) < 0)
		return 0;
	rest = table.data;
	while (!pid && rest && (line = strsep(&rest, "\n")))
		pid = holder_in(line, &st, writes);
	return pid;
}

void locks_say_holder(const char *path, bool writes, struct buf *out)
{
	pid_t pid = find_holder(path, writes);
	char name[PROC_NAME];

	if (!pid) {
		buf_adds(out, "another program");
		return;
	}
	proc_name(name, pid);
	if (*name)
		buf_addf(out, "%s (pid %d)", name, (int)pid);
	else
		buf_addf(out, "pid %d", (int)pid);
}
