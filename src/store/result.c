/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/result.h"

#include <stdio.h>

enum count { COUNT_CREATED, COUNT_MODIFIED, COUNT_REMOVED, COUNT_EXCLUDED, COUNT_PROCESSES };

static void read_counts(struct run_result *res, struct db *db)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;

	if (db_rows(&rows, db, Q_RUN_RESULT, "i", res->run_id) < 0 || rows_next(&rows) <= 0)
		return;
	res->created = rows_int(&rows, COUNT_CREATED);
	res->modified = rows_int(&rows, COUNT_MODIFIED);
	res->removed = rows_int(&rows, COUNT_REMOVED);
	res->excluded = rows_int(&rows, COUNT_EXCLUDED);
	res->processes = rows_int(&rows, COUNT_PROCESSES);
}

/* What the first and the last name have in common: the others are between them. */
static void name_excluded(struct run_result *res, struct db *db)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	char *out = res->excluded_below;
	const char *first, *last;
	size_t i, folder = 0;

	out[0] = '\0';
	if (db_rows(&rows, db, Q_RUN_EXCLUDED, "i", res->run_id) < 0 || rows_next(&rows) <= 0)
		return;
	first = rows_text(&rows, 0);
	last = rows_text(&rows, 1);
	for (i = 0; first[i] && first[i] == last[i]; i++)
		if (first[i] == '/')
			folder = i;
	if (i > 0 && (first[i] == '/' || last[i] == '/') && (!first[i] || !last[i]))
		folder = i; /* one of the two is the folder itself */
	snprintf(out, sizeof res->excluded_below, "%.*s", (int)folder, first);
}

void result_read(struct run_result *res, struct db *db, int64_t run_id)
{
	res->run_id = run_id;
	read_counts(res, db);
	if (res->excluded)
		name_excluded(res, db);
}
