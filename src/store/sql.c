/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/sql.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "store/db.h"

#include "queries.inc"

int db_errno(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_CANTOPEN:
		return -ENOENT;
	case SQLITE_CORRUPT:
		return -EUCLEAN;
	case SQLITE_NOTADB:
		return -EMEDIUMTYPE;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_ERROR:
		return -EINVAL;
	default:
		return -EIO;
	}
}

int db_exec(struct db *db, const char *sql)
{
	return db_errno(sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL));
}

void db_rollback(struct db *db)
{
	if (!sqlite3_get_autocommit(db->sqlite))
		IGNORE(db_exec(db, "ROLLBACK")); /* it fails only where SQLite did it by itself */
}

int db_try_begin(struct db *db, int64_t *sequence)
{
	int r = db_exec(db, "BEGIN IMMEDIATE");

	if (r == 0)
		*sequence = db_int(db, Q_SEQUENCE_GET, 0, "");
	return r;
}

int db_begin(struct db *db, int64_t *sequence)
{
	int r;

	do
		r = db_try_begin(db, sequence);
	while (r == -EBUSY);
	return r;
}

static const char *say_busy(struct db *db)
{
	_cleanup_buf_ struct buf who = BUF_INIT;

	snprintf(db->busy, sizeof db->busy,
		"%s is in the middle of writing to it: let that end, and try again",
		lock_wait_for(db->path, true, &who));
	return db->busy;
}

const char *db_error(struct db *db)
{
	return (sqlite3_errcode(db->sqlite) & 0xff) == SQLITE_BUSY ? say_busy(db) :
								     sqlite3_errmsg(db->sqlite);
}

const char *db_path(const struct db *db)
{
	return db->path;
}

const char *query_name(enum query q)
{
	return queries[q].name;
}

const char *query_text(enum query q)
{
	return queries[q].text;
}

const char *query_slow(enum query q)
{
	return queries[q].slow;
}

static int bind_inode(sqlite3_stmt *stmt, int at, const struct inode *i)
{
	const int64_t v[INODE_COLUMNS] = { i->mode, i->uid, i->gid, (int64_t)i->size, i->mtime_ns,
		i->ctime_ns, (int64_t)i->dev, (int64_t)i->ino, i->nlink, (int64_t)i->rdev };
	int n, r = SQLITE_OK;

	for (n = 0; n < INODE_COLUMNS && r == SQLITE_OK; n++)
		r = i->exists ? sqlite3_bind_int64(stmt, at + n, v[n]) :
				sqlite3_bind_null(stmt, at + n);
	return r;
}

static int bind(sqlite3_stmt *stmt, const char *fmt, va_list ap)
{
	int i, r = SQLITE_OK;

	for (i = 1; *fmt && r == SQLITE_OK; fmt++, i++) {
		const void *p;

		switch (*fmt) {
		case 'i':
			r = sqlite3_bind_int64(stmt, i, va_arg(ap, int64_t));
			break;
		case 'I':
			p = va_arg(ap, const int64_t *);
			r = p ? sqlite3_bind_int64(stmt, i, *(const int64_t *)p) :
				sqlite3_bind_null(stmt, i);
			break;
		case 's':
			p = va_arg(ap, const char *);
			r = p ? sqlite3_bind_text(stmt, i, p, -1, SQLITE_STATIC) :
				sqlite3_bind_null(stmt, i);
			break;
		case 'S':
			r = sqlite3_bind_text(stmt, i, va_arg(ap, const char *), -1,
				SQLITE_TRANSIENT);
			break;
		case 'b':
			p = va_arg(ap, const void *);
			r = sqlite3_bind_blob(stmt, i, p, va_arg(ap, int), SQLITE_STATIC);
			break;
		case 'N':
			r = bind_inode(stmt, i, va_arg(ap, const struct inode *));
			i += INODE_COLUMNS - 1;
			break;
		default:
			BUG("no parameter type '%c'", *fmt);
		}
	}
	return r;
}

static int start(struct rows *rows, struct db *db, enum query q, const char *fmt, va_list ap)
{
	sqlite3_stmt **kept = &db->statements[q];
	int r = SQLITE_OK;

	*rows = (struct rows){ db, NULL, false };
	if (!*kept)
		r = sqlite3_prepare_v3(db->sqlite, queries[q].text, -1, SQLITE_PREPARE_PERSISTENT,
			kept, NULL);
	if (r != SQLITE_OK)
		return db_errno(r);
	if (sqlite3_stmt_busy(*kept))
		BUG("query %s is used inside itself", queries[q].name);
	rows->stmt = *kept;
	rows->kept = true;
	return db_errno(bind(*kept, fmt, ap));
}

int db_rows(struct rows *rows, struct db *db, enum query q, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = start(rows, db, q, fmt, ap);
	va_end(ap);
	return r;
}

int db_rows_text(struct rows *rows, struct db *db, const char *sql, const char **tail)
{
	*rows = (struct rows){ db, NULL, false };
	return db_errno(sqlite3_prepare_v2(db->sqlite, sql, -1, &rows->stmt, tail));
}

bool rows_only_read(const struct rows *rows)
{
	return !rows->stmt || sqlite3_stmt_readonly(rows->stmt);
}

int rows_next(struct rows *rows)
{
	int r = rows->stmt ? sqlite3_step(rows->stmt) : SQLITE_DONE;

	return r == SQLITE_ROW ? 1 : db_errno(r);
}

void rows_done(struct rows *rows)
{
	if (rows->stmt && rows->kept) {
		sqlite3_reset(rows->stmt);
		sqlite3_clear_bindings(rows->stmt);
	} else if (rows->stmt) {
		sqlite3_finalize(rows->stmt);
	}
	rows->stmt = NULL;
}

int db_run(struct db *db, enum query q, const char *fmt, ...)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = start(&rows, db, q, fmt, ap);
	va_end(ap);
	while (r >= 0 && (r = rows_next(&rows)) > 0)
		;
	return r;
}

int64_t db_int(struct db *db, enum query q, int64_t otherwise, const char *fmt, ...)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = start(&rows, db, q, fmt, ap);
	va_end(ap);
	if (r == 0)
		r = rows_next(&rows);
	if (r < 0 && db->unread == 0)
		db->unread = r;
	return r <= 0 || rows_type(&rows, 0) == ROWS_NULL ? otherwise : rows_int(&rows, 0);
}

int db_list(struct db *db, enum query q, int64_t of, int64_t **out, size_t *count)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, db, q, "i", of);

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		int64_t *more = ARRAY_MORE(*out, *count);

		r = more ? 0 : -ENOMEM;
		if (more)
			*more = rows_int(&rows, 0);
	}
	return r;
}

int db_was_read(struct db *db, int r, struct words *words)
{
	return r < 0 ? words_set(words, r, "cannot read the database %s: %s", db_path(db),
			       strerror(-r)) :
		       0;
}

int db_unread(struct db *db)
{
	int r = db->unread;

	db->unread = 0;
	return r;
}

int64_t db_last_id(struct db *db)
{
	return sqlite3_last_insert_rowid(db->sqlite);
}

int rows_count(const struct rows *rows)
{
	return rows->stmt ? sqlite3_column_count(rows->stmt) : 0;
}

const char *rows_name(const struct rows *rows, int column)
{
	return sqlite3_column_name(rows->stmt, column);
}

enum rows_type rows_type(const struct rows *rows, int column)
{
	switch (sqlite3_column_type(rows->stmt, column)) {
	case SQLITE_INTEGER:
		return ROWS_INT;
	case SQLITE_FLOAT:
		return ROWS_REAL;
	case SQLITE_TEXT:
		return ROWS_TEXT;
	case SQLITE_BLOB:
		return ROWS_BLOB;
	default:
		return ROWS_NULL;
	}
}

int64_t rows_int(const struct rows *rows, int column)
{
	return sqlite3_column_int64(rows->stmt, column);
}

void rows_inode(const struct rows *rows, int at, struct inode *out)
{
	*out = (struct inode){ 0 };
	if (rows_type(rows, at) == ROWS_NULL)
		return;
	*out = (struct inode){ .exists = true, .mode = (uint32_t)rows_int(rows, at),
		.uid = (uint32_t)rows_int(rows, at + 1), .gid = (uint32_t)rows_int(rows, at + 2),
		.size = (uint64_t)rows_int(rows, at + 3), .mtime_ns = rows_int(rows, at + 4),
		.ctime_ns = rows_int(rows, at + 5), .dev = (uint64_t)rows_int(rows, at + 6),
		.ino = (uint64_t)rows_int(rows, at + 7), .nlink = (uint32_t)rows_int(rows, at + 8),
		.rdev = (uint64_t)rows_int(rows, at + 9) };
}

double rows_real(const struct rows *rows, int column)
{
	return sqlite3_column_double(rows->stmt, column);
}

const char *rows_text(const struct rows *rows, int column)
{
	const unsigned char *text = sqlite3_column_text(rows->stmt, column);

	return text ? (const char *)text : "";
}

int rows_bytes(const struct rows *rows, int column)
{
	return sqlite3_column_bytes(rows->stmt, column);
}

const void *rows_blob(const struct rows *rows, int column)
{
	return sqlite3_column_blob(rows->stmt, column);
}
