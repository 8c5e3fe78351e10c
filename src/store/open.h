/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_OPEN_H
#define STORE_OPEN_H
/*
 * A database from its opening to its end: whose it is, which schema it has, and
 * when what was written to it is on the disk.
 */
#include "base/cleanup.h"
#include "base/log.h"
#include "store/sql.h"

enum db_mode {
	DB_READ,  /* must be there, of our schema */
	DB_WRITE, /* must be there; brought to our schema */
	DB_MAKE,  /* made if it is not there, its default folder too */
};

/* 0 or -errno with a sentence in *words. */
int db_open(struct db **out, const char *path, enum db_mode mode, struct words *words) MUST_CHECK;
void db_close(struct db *db);
/*
 * The views that a connection has of its own (queries.sql): they are there, but for DB_MAKE, where
 * who needs them asks for them, each time: a transaction that is given up takes them along.
 */
int db_views(struct db *db) MUST_CHECK;
/*
 * Was the file deleted, replaced or cut short under us? Then what is
 * written is seen by nobody. 0 or -ESTALE.
 */
int db_check_place(struct db *db) MUST_CHECK;
/* From now on nobody is told whose lock is waited for (store/lock-wait.h). */
void db_wait_silently(struct db *db);
/* One file at the end: folds the write-ahead log in, if nobody else has the database open. */
void db_settle(struct db *db);
/* What a commit waits for; between transactions. */
enum db_wait {
	DB_WAIT_NOTHING, /* for what nothing hangs on */
	/* the database stays whole whatever happens, its last commits may be gone; as opened */
	DB_WAIT_ORDER,
};
void db_wait(struct db *db, enum db_wait what);
/* All that was committed is on the disk when this returns. 0 or -EIO. */
int db_sync(struct db *db) MUST_CHECK;

#endif
