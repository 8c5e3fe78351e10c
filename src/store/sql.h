/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_SQL_H
#define STORE_SQL_H
/*
 * SQLite, and what of it others see. Below this there are only those that share
 * a connection (db.h: open.c) or stand between SQLite and the files
 * (forked.c, through.c); scripts/layers holds to that. Statements are those of
 * db/queries.sql, prepared at first use and kept; SQLite's codes become
 * -errno: -ENOSPC full, -EBUSY locked for too long, -EROFS, -EIO, -EUCLEAN
 * damaged, -EMEDIUMTYPE not a database.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "model/inode.h"
#include "store/queries.h"

struct db; /* store/db.h */
struct sqlite3_stmt;
/* A statement that is being stepped through. */
struct rows {
	struct db *db;
	struct sqlite3_stmt *stmt;
	bool kept; /* belongs to the statement cache */
};

/* SQLite's answer as -errno; 0 for what is none. */
int db_errno(int code);
const char *db_path(const struct db *db);
/* The last error of this connection in SQLite's words; or who holds the database. */
const char *db_error(struct db *db);
/* Undoes what was begun; a transaction that is none any more is no fault. */
void db_rollback(struct db *db);
/* A plain statement without results ("BEGIN IMMEDIATE"). 0 or -errno. */
int db_exec(struct db *db, const char *sql) MUST_CHECK;
/*
 * Begins a transaction that writes, after every other auditor's turn, however
 * long that takes; *sequence is the last number given to an event. 0 or -errno.
 */
int db_begin(struct db *db, int64_t *sequence) MUST_CHECK;
/* The same, but -EBUSY where that takes long. */
int db_try_begin(struct db *db, int64_t *sequence) MUST_CHECK;
/*
 * Runs a statement of the list to its end. fmt names the parameters in order:
 * i int64_t, I const int64_t * (NULL is SQL's NULL), s const char * (or NULL),
 * S the same and copied, b const void * and int (NULL: NULL), N const struct
 * inode *: INODE_COLUMNS parameters, all NULL when nothing is there. 0 or -errno.
 */
int db_run(struct db *db, enum query q, const char *fmt, ...) MUST_CHECK;
/* Starts one that gives rows; rows_next: 1 a row, 0 the end, or -errno. rows_done in any case. */
int db_rows(struct rows *rows, struct db *db, enum query q, const char *fmt, ...) MUST_CHECK;
/* The same for a text of the user's. *tail: what is left of it. */
int db_rows_text(struct rows *rows, struct db *db, const char *sql, const char **tail) MUST_CHECK;
/* False: the statement would write. */
bool rows_only_read(const struct rows *rows);
int rows_next(struct rows *rows) MUST_CHECK;
void rows_done(struct rows *rows);

/*
 * An inode's columns: mode uid gid size mtime ctime dev ino
 * nlink rdev, in statements and in answers.
 */
#define INODE_COLUMNS 10
/* From the column `at` on; no mode is no inode. */
void rows_inode(const struct rows *rows, int at, struct inode *out);

int rows_count(const struct rows *rows);
const char *rows_name(const struct rows *rows, int column);
enum rows_type { ROWS_NULL, ROWS_INT, ROWS_REAL, ROWS_TEXT, ROWS_BLOB };
enum rows_type rows_type(const struct rows *rows, int column);
int64_t rows_int(const struct rows *rows, int column);
double rows_real(const struct rows *rows, int column);
/* NUL-terminated, good until the next step; "" for NULL. */
const char *rows_text(const struct rows *rows, int column);
int rows_bytes(const struct rows *rows, int column);
const void *rows_blob(const struct rows *rows, int column);

/*
 * The first column of the first row, or `otherwise`; also where it cannot be
 * read: db_unread() tells.
 */
int64_t db_int(struct db *db, enum query q, int64_t otherwise, const char *fmt, ...);
/*
 * The first column of all rows of a query of one number, behind what is in *out, which is the
 * caller's, after an error, too. 0 or -errno.
 */
int db_list(struct db *db, enum query q, int64_t of, int64_t **out, size_t *count) MUST_CHECK;
/* The first -errno that db_int() met since this was asked last, or 0. */
int db_unread(struct db *db) MUST_CHECK;
/* r, with words where it is an error of reading. */
int db_was_read(struct db *db, int r, struct words *words);
int64_t db_last_id(struct db *db);

/* For the test that reads every query plan. */
const char *query_name(enum query q);
const char *query_text(enum query q);
const char *query_slow(enum query q);

#define _cleanup_rows_ __attribute__((cleanup(rows_done)))
#define ROWS_INIT { NULL, NULL, false }

#endif
