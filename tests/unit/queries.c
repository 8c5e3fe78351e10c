/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every statement of db/queries.sql is found by an index, or says in a
 * "-- slow:" line why not; and so are the questions that other people's
 * programs ask of the views.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "lib/tap.h"
#include "store/open.h"
#include "store/sql.h"
#include "undo/hand-over.h"

static bool is_slow(const char *step)
{
	return (!strncmp(step, "SCAN ", 5) && strcmp(step, "SCAN CONSTANT ROW") != 0) ||
		!strncmp(step, "USE TEMP B-TREE", 15);
}

/*
 * The steps of a plan that read or sort more than they return;
 * each on a line of `out`. 0 or -errno.
 */
static int slow_steps(struct db *db, const char *sql, struct buf *out)
{
	_cleanup_buf_ struct buf explain = BUF_INIT;
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r;

	buf_adds(&explain, "EXPLAIN QUERY PLAN ");
	buf_adds(&explain, sql);
	r = db_rows_text(&rows, db, explain.data, NULL);
	while (r == 0 && (r = rows_next(&rows)) > 0) {
		const char *step = rows_text(&rows, 3);

		if (is_slow(step)) {
			buf_adds(out, "#   ");
			buf_adds(out, step);
			buf_adds(out, "\n");
		}
		r = 0;
	}
	return r;
}

static void check_statements(struct db *db)
{
	int q;

	for (q = 0; q < Q_COUNT; q++) {
		_cleanup_buf_ struct buf slow = BUF_INIT;
		const char *name = query_name((enum query)q), *why = query_slow((enum query)q);
		int r = slow_steps(db, query_text((enum query)q), &slow);

		ok(r == 0, "%s can be prepared", name);
		if (!ok((slow.len > 0) == (why != NULL), "%s %s", name,
			    slow.len ? "says why it is slow" : "is not slow, and does not say so"))
			printf("%s", slow.len ? slow.data : "");
	}
}

static const char *const questions[] = {
	"SELECT * FROM writes WHERE path = '/usr/bin/x'",
	"SELECT * FROM writes WHERE path = '/usr/bin/x' AND run_id = 7",
	"SELECT * FROM writes WHERE run_id = 7",
	"SELECT * FROM writes WHERE process_id = 7",
	"SELECT * FROM writes WHERE exec_id = 7",
	"SELECT * FROM manifest WHERE path = '/usr/bin/x'",
	"SELECT * FROM manifest WHERE run_id = 7",
	"SELECT * FROM processes WHERE run_id = 7",
	"SELECT * FROM processes WHERE process_id = 7",
	"SELECT * FROM execs WHERE exec_id = 7",
	"SELECT * FROM execs WHERE process_id = 7",
	"SELECT * FROM execs WHERE run_id = 7",
	"SELECT * FROM runs WHERE run_id = 7",
	"SELECT * FROM runs WHERE label = 'x'",
};

static void check_questions(struct db *db)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(questions); i++) {
		_cleanup_buf_ struct buf slow = BUF_INIT;
		int r = slow_steps(db, questions[i], &slow);

		if (!ok(r == 0 && slow.len == 0, "no scan: %s", questions[i]))
			printf("%s", slow.len ? slow.data : "");
	}
}

int main(void)
{
	char folder[] = "/tmp/ba-queries.XXXXXX", path[64];
	struct words words = { "" };
	struct db *db;

	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof path, "%s/db", folder);
	if (ok(db_open(&db, path, DB_MAKE, &words) == 0, "a fresh database %s", words.text)) {
		ok(db_views(db) == 0 && hand_over_views(db) == 0, "its views");
		check_statements(db);
		check_questions(db);
		db_settle(db);
		db_close(db);
	}
	unlink(path);
	rmdir(folder);
	return done_testing();
}
