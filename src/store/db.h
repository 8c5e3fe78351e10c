/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_DB_H
#define STORE_DB_H
/* The connection, as sql.c and open.c share it; for nobody else. */
#include <sqlite3.h>

#include "store/lock-wait.h"
#include "store/queries.h"

/* See base/answered.h. What sqlite3_reset and sqlite3_finalize answer, the step before has said. */
#define SQL_ANSWERED(function) extern function __attribute__((warn_unused_result))
SQL_ANSWERED(int sqlite3_open_v2(const char *, sqlite3 **, int, const char *));
SQL_ANSWERED(int sqlite3_prepare_v2(sqlite3 *, const char *, int, sqlite3_stmt **, const char **));
SQL_ANSWERED(int sqlite3_step(sqlite3_stmt *));
SQL_ANSWERED(int sqlite3_create_function(sqlite3 *, const char *, int, int, void *,
	void (*)(sqlite3_context *, int, sqlite3_value **),
	void (*)(sqlite3_context *, int, sqlite3_value **), void (*)(sqlite3_context *)));
SQL_ANSWERED(int sqlite3_exec(sqlite3 *, const char *, int (*)(void *, int, char **, char **),
	void *, char **));
SQL_ANSWERED(int sqlite3_bind_int64(sqlite3_stmt *, int, sqlite3_int64));
SQL_ANSWERED(int sqlite3_bind_null(sqlite3_stmt *, int));
SQL_ANSWERED(int sqlite3_bind_text(sqlite3_stmt *, int, const char *, int, void (*)(void *)));
SQL_ANSWERED(int sqlite3_bind_blob(sqlite3_stmt *, int, const void *, int, void (*)(void *)));

struct db {
	sqlite3 *sqlite;
	char *path;
	long long size;    /* of the file, at the most so far; it never shrinks */
	int unread;       /* what db_int() could not ask: -errno, see db_unread() */
	bool mode_on_disk; /* that it has a write-ahead log is on the disk, or is of no matter */
	char busy[192];    /* what db_error() says of who holds it */
	struct lock_wait wait;
	sqlite3_stmt *statements[Q_COUNT];
};

#endif
