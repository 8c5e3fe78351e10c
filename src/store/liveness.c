/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/liveness.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/proc.h"

#define NAMESPACE 40
#define STAT_MAX (4U << 20)

/* Field 22 of /proc/PID/stat, counted after the name, which may hold blanks and brackets. */
static void start_time(pid_t pid, char out[32])
{
	_cleanup_buf_ struct buf stat = BUF_INIT;
	char path[64], *p;
	int field;

	out[0] = '\0';
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	if (io_read_file(path, &stat, 4096) < 0 || !stat.data)
		return;
	p = strrchr(stat.data, ')');
	if (p && strlen(p) > 2 && (p[2] == 'Z' || p[2] == 'X'))
		return; /* dead, and only not reaped yet */
	for (field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	if (p)
		snprintf(out, 32, "%.*s", (int)strcspn(p + 1, " \n"), p + 1);
}

static void boot_id(char out[64])
{
	io_read_line("/proc/sys/kernel/random/boot_id", out, 64);
}

/* "pid:[4026531836]", which numbers are of; "" where it cannot be told. */
static void pid_namespace(pid_t pid, char out[NAMESPACE])
{
	char path[PROC_PATH], target[PATH_MAX];

	proc_path(path, pid, "ns/pid");
	snprintf(out, NAMESPACE, "%.*s", NAMESPACE - 1,
		io_readlink(path, target) < 0 ? "" : target);
}

char *liveness_self(void)
{
	char boot[64], started[32], space[NAMESPACE], *out;

	boot_id(boot);
	start_time(getpid(), started);
	pid_namespace(getpid(), space);
	return asprintf(&out, "%s %d %s %s", boot, getpid(), started, space) < 0 ? NULL : out;
}

char *liveness_boot(void)
{
	char boot[64];

	boot_id(boot);
	return strdup(boot);
}

static bool started_at(pid_t pid, const char *started)
{
	char now[32];

	start_time(pid, now);
	return *now && !strcmp(started, now);
}

static bool lives_in(const char *space, pid_t pid, const char *started)
{
	_cleanup_(cleanup_closedirp) DIR *proc = opendir("/proc");
	const struct dirent *e;
	char its[NAMESPACE];

	while (proc && (e = readdir(proc))) {
		pid_t seen = (pid_t)strtol(e->d_name, NULL, 10);

		if (seen <= 0)
			continue;
		pid_namespace(seen, its);
		if (!strcmp(its, space) && proc_own_number(seen) == pid &&
			started_at(seen, started))
			return true;
	}
	return false;
}

/*
 * All namespaces are below this one (include/linux/proc_ns.h: PROC_PID_INIT_INO). Elsewhere those
 * beside and above ours cannot be looked into.
 */
#define FIRST_NAMESPACE "pid:[4026531836]"

bool liveness_alive(const char *recorder)
{
	char boot[64], started[32], space[NAMESPACE], ours[NAMESPACE], now_boot[64];
	int pid, n = sscanf(recorder, "%63s %d %31s %39s", boot, &pid, started, space);

	boot_id(now_boot);
	if (n < 3 || strcmp(boot, now_boot))
		return false;
	pid_namespace(getpid(), ours);
	if (n < 4 || !*ours || !strcmp(space, ours))
		return started_at(pid, started);
	return lives_in(space, pid, started) || strcmp(ours, FIRST_NAMESPACE);
}

int liveness_lost(struct db *db, int64_t run_id)
{
	return db_run(db, Q_RUN_LOST, "i", run_id);
}

/* In seconds since 1970; 0: /proc does not tell. */
static int64_t boot_time(void)
{
	_cleanup_buf_ struct buf stat = BUF_INIT;
	const char *at = NULL;

	if (io_read_file("/proc/stat", &stat, STAT_MAX) == 0 && stat.data)
		at = strstr(stat.data, "\nbtime ");
	return at ? strtoll(at + 7, NULL, 10) : 0;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a && (!b || a < b) ? a : b;
}

/* The columns of RUN_ALIVE. */
enum alive_column { ALIVE_UNTIL, ALIVE_RECORDER };

int64_t liveness_until(struct db *db, int64_t run_id)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	char boot[64];
	int64_t until;

	if (db_rows(&rows, db, Q_RUN_ALIVE, "i", run_id) < 0 || rows_next(&rows) <= 0)
		return 0;
	until = rows_int(&rows, ALIVE_UNTIL);
	boot_id(boot);
	if (strncmp(rows_text(&rows, ALIVE_RECORDER), boot, strlen(boot)) != 0)
		until = earlier(boot_time() * 1000000000, until);
	return until;
}

int64_t liveness_next_lost(struct db *db)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;

	if (db_rows(&rows, db, Q_RUN_RUNNING, "") < 0)
		return 0;
	while (rows_next(&rows) > 0)
		if (!liveness_alive(rows_text(&rows, 1)))
			return rows_int(&rows, 0);
	return 0;
}
