/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/liveness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"

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

char *liveness_self(void)
{
	char boot[64], started[32], *out;

	boot_id(boot);
	start_time(getpid(), started);
	return asprintf(&out, "%s %d %s", boot, getpid(), started) < 0 ? NULL : out;
}

bool liveness_alive(const char *recorder)
{
	char boot[64], started[32], now_boot[64], now_started[32];
	int pid;

	if (sscanf(recorder, "%63s %d %31s", boot, &pid, started) != 3)
		return false;
	boot_id(now_boot);
	start_time(pid, now_started);
	return !strcmp(boot, now_boot) && *now_started && !strcmp(started, now_started);
}

int liveness_lost(struct db *db, int64_t run_id)
{
	return db_run(db, Q_RUN_LOST, "i", run_id);
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
