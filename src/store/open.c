/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening a database: whose it is, which schema it has, and bringing it up to
 * ours. A new one is made by the same steps as an upgrade.
 */
#include "store/open.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/indexes.h"
#include "base/package-records.h"
#include "base/parents.h"
#include "model/inode.h"
#include "store/db.h"
#include "store/forked.h"
#include "store/schema.h"
#include "store/through.h"

#define APPLICATION_ID 0x62617564

/* Other auditors hold the write lock for milliseconds; a dead disk holds it for ever. */
#define BUSY_MS 30000
#define READER_MS 5000 /* who reads is done sooner, or is waited for by a person */

/* is_common(PATH): an index, or a record: what it is of is all installs'. */
static void is_common(sqlite3_context *answer, int count, sqlite3_value **values)
{
	const char *path = (const char *)sqlite3_value_text(values[0]);

	(void)count;
	sqlite3_result_int(answer, path && (index_of(path) || package_record_is(path)));
}

/* is_record(PATH): see base/package-records.h. */
static void is_record(sqlite3_context *answer, int count, sqlite3_value **values)
{
	const char *path = (const char *)sqlite3_value_text(values[0]);

	(void)count;
	sqlite3_result_int(answer, path && package_record_is(path));
}

/* is_there(PATH): what cannot be looked at is not known to be gone. */
static void is_there(sqlite3_context *answer, int count, sqlite3_value **values)
{
	const char *path = (const char *)sqlite3_value_text(values[0]);
	struct stat st;

	(void)count;
	sqlite3_result_int(answer,
		path && (lstat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR)));
}

/* is_like(PATH, MODE, SIZE, MTIME): no folder, of that kind, and of a file that size and time. */
static void is_like(sqlite3_context *answer, int count, sqlite3_value **values)
{
	const char *path = (const char *)sqlite3_value_text(values[0]);
	struct parents parents = PARENTS_INIT;
	struct inode now;
	bool there = path && inode_at(&now, &parents, path) == 0 && now.exists &&
		!S_ISDIR(now.mode) &&
		(now.mode & S_IFMT) == ((unsigned int)sqlite3_value_int(values[1]) & S_IFMT);

	(void)count;
	parents_forget(&parents);
	sqlite3_result_int(answer,
		there && (!S_ISREG(now.mode) ||
			((int64_t)now.size == sqlite3_value_int64(values[2]) &&
				now.mtime_ns == sqlite3_value_int64(values[3]))));
}

/* For the program's own statements: what a database says of itself cannot call them. */
static int add_functions(struct db *db, struct words *words)
{
	static const struct {
		const char *name;
		int flags;
		void (*call)(sqlite3_context *answer, int count, sqlite3_value **values);
		int arguments;
	} functions[] = { { "is_common", SQLITE_DETERMINISTIC, is_common, 1 },
		{ "is_record", SQLITE_DETERMINISTIC, is_record, 1 },
		{ "is_there", 0, is_there, 1 }, { "is_like", 0, is_like, 4 } };
	int flags = SQLITE_UTF8 | SQLITE_DIRECTONLY;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < ARRAY_SIZE(functions); i++)
		r = db_errno(sqlite3_create_function(db->sqlite, functions[i].name,
			functions[i].arguments, flags | functions[i].flags, NULL, functions[i].call,
			NULL, NULL));
	return r < 0 ? words_set(words, r, "out of memory") : 0;
}

int db_views(struct db *db)
{
	static const enum query views[] = { Q_VIEW_HANDED, Q_VIEW_CLAIM, Q_VIEW_LASTING,
		Q_VIEW_REPLACED, Q_VIEW_EDITED, Q_VIEW_SWEPT, Q_VIEW_SAME_FILE, Q_VIEW_CARRIED,
		Q_VIEW_BROUGHT, Q_VIEW_STRANDED };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < ARRAY_SIZE(views); i++)
		r = db_run(db, views[i], "");
	return r;
}

static int pragma_int(struct db *db, const char *sql, int *out)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows_text(&rows, db, sql, NULL);

	if (r == 0)
		r = rows_next(&rows);
	*out = r > 0 ? (int)rows_int(&rows, 0) : 0;
	return r < 0 ? r : 0;
}

/* Two that start at once: the lock decides who makes the tables, the other one finds them. */
static int migrate(struct db *db, struct words *words)
{
	int version, r = db_exec(db, "BEGIN IMMEDIATE");

	if (r < 0)
		return words_set(words, r, "cannot write to %s: %s", db->path, db_error(db));
	r = pragma_int(db, "PRAGMA user_version", &version);
	if (r == 0 && (r = schema_make(db, version)) < 0)
		words_set(words, r, "cannot make the tables of %s: %s", db->path, db_error(db));
	if (r == 0 && (r = db_exec(db, "COMMIT")) < 0)
		words_set(words, r, "cannot write to %s: %s", db->path, db_error(db));
	if (r < 0)
		db_rollback(db);
	return r;
}

/* Whose it is: its numbers, and how many tables it has. */
static int read_owner(struct db *db, int *id, int *version, int *tables, struct words *words)
{
	int r = pragma_int(db, "PRAGMA application_id", id);

	if (r == 0)
		r = pragma_int(db, "PRAGMA user_version", version);
	if (r == 0)
		r = pragma_int(db, "SELECT count(*) FROM sqlite_schema", tables);
	if (r == -EMEDIUMTYPE)
		return words_set(words, r,
			"%s is not a database: name another file with -d, or move this one away",
			db->path);
	return r < 0 ? words_set(words, r, "cannot read %s: %s", db->path, db_error(db)) : 0;
}

static int check_owner(struct db *db, enum db_mode mode, struct words *words)
{
	int id, version, tables, r;
	bool fresh;

	/* One look, or another auditor's tables are seen half made. */
	r = db_exec(db, "BEGIN");
	if (r == 0)
		r = read_owner(db, &id, &version, &tables, words);
	db_rollback(db);
	if (r < 0)
		return r;
	fresh = id == 0 && version == 0 && tables == 0;
	if (!fresh && id != APPLICATION_ID)
		return words_set(words, -EMEDIUMTYPE,
			"%s is a database of another program (application_id "
			"%d): name another file with -d",
			db->path, id);
	if (version > schema_version())
		return words_set(words, -EPROTO,
			"%s was made by a newer buildaudit (schema %d, this one "
			"knows up to %d): update buildaudit",
			db->path, version, schema_version());
	if (mode == DB_READ && fresh)
		return words_set(words, -ENOENT, "%s is empty: nothing was recorded in it yet",
			db->path);
	if (mode == DB_READ && version < schema_version())
		return words_set(words, -EPROTO,
			"%s has an older schema (%d, this program reads %d): "
			"any recording brings it up to date",
			db->path, version, schema_version());
	if (version < schema_version())
		r = migrate(db, words);
	return r < 0 ? r : schema_check(db, words);
}

/*
 * A file that SQLite would make has the umask's mode; ours holds argument
 * lists, and they hold secrets. One that is there is not opened, even for a
 * moment: with the close(2) all locks go that this process has on it.
 */
static int make_file(const char *path, struct words *words)
{
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *copy = strdup(path);
	const char *folder = copy ? dirname(copy) : ".";
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return words_set(words, -EISDIR, "%s is a folder: -d takes the name of a file",
			path);
	if (access(path, R_OK | W_OK) == 0)
		return 0;
	if (errno == ENOENT)
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		return 0;
	if (errno == ENOENT || errno == ENOTDIR)
		return words_set(words, -errno,
			"the folder %s for the database is not there: make it first, "
			"or name another file with -d",
			folder);
	return words_set(words, -errno, "cannot write the database %s: %s", path, strerror(errno));
}

void db_wait(struct db *db, enum db_wait what)
{
	static const char *const pragma[] = {
		[DB_WAIT_NOTHING] = "PRAGMA synchronous = OFF",
		[DB_WAIT_ORDER] = "PRAGMA synchronous = NORMAL",
	};

	if (db_exec(db, pragma[what]) < 0)
		BUG("%s: %s", pragma[what], db_error(db));
}

int db_check_place(struct db *db)
{
	struct stat st;
	int moved = 0;

	if (sqlite3_file_control(db->sqlite, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK ||
		moved || stat(db->path, &st) < 0 || st.st_size < db->size)
		return -ESTALE;
	db->size = st.st_size;
	return 0;
}

static int sync_file(struct db *db, int which)
{
	sqlite3_file *file = NULL;

	if (sqlite3_file_control(db->sqlite, "main", which, &file) != SQLITE_OK)
		return -EIO;
	/* A log that was not needed is not open. */
	return !file || !file->pMethods ||
			file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) == SQLITE_OK ?
		0 :
		-EIO;
}

/*
 * The log, whole. (A commit with synchronous = FULL would flush it only if it
 * changed a byte.) And once the database: its change of mode was not flushed,
 * and one that comes back from a power cut without it looks for no log.
 */
int db_sync(struct db *db)
{
	int r = db->mode_on_disk ? 0 : sync_file(db, SQLITE_FCNTL_FILE_POINTER);

	db->mode_on_disk = r == 0;
	return r < 0 ? r : sync_file(db, SQLITE_FCNTL_JOURNAL_POINTER);
}

/*
 * While recording a write-ahead log, at the end one plain file that opens
 * anywhere, on a read-only medium, too. All that a change of mode writes are
 * two bytes of the first page, and what is in the file is on disk before: it
 * need not wait for the disk seven times.
 */
static int change_mode(struct db *db, const char *mode)
{
	char text[64];
	int r;

	snprintf(text, sizeof text, "PRAGMA journal_mode = %s", mode);
	db_wait(db, DB_WAIT_NOTHING);
	db->mode_on_disk = false;
	r = db_exec(db, text);
	db_wait(db, DB_WAIT_ORDER);
	return r;
}

static int on_busy(void *data, int count)
{
	struct db *db = data;

	return lock_wait_goes_on(&db->wait, count, BUSY_MS, true);
}

static void be_patient(struct db *db, bool patient)
{
	IGNORE(sqlite3_busy_handler(db->sqlite, patient ? on_busy : NULL, db));
}

void db_wait_silently(struct db *db)
{
	db->wait.silent = true;
}

/* Between two tries nothing is held: who is about to end his transaction needs that. */
static int begin_log(struct db *db)
{
	int count = 0, r;

	be_patient(db, false);
	do
		r = change_mode(db, "WAL");
	while (r == -EBUSY && lock_wait_goes_on(&db->wait, count++, READER_MS, false));
	be_patient(db, true);
	return r;
}

/* Until he has had his last row, what is recorded could not be written: better not to begin. */
static int say_reader(struct db *db, struct words *words)
{
	_cleanup_buf_ struct buf who = BUF_INIT;

	return words_set(words, -EBUSY,
		"cannot write to %s: %s is in the middle of reading it; let that end, or name "
		"another file with -d",
		db->path, lock_wait_for(db->path, false, &who));
}

static int configure(struct db *db, enum db_mode mode, struct words *words)
{
	int r;

	r = db_exec(db,
		"PRAGMA foreign_keys = OFF; PRAGMA trusted_schema "
		"= OFF; PRAGMA cache_size = -8000");
	if (r == 0 && mode != DB_READ) {
		/* A file system that cannot (a network) answers with the old mode: it will do. */
		if (begin_log(db) == -EBUSY)
			return say_reader(db, words);
		r = db_exec(db, "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000");
	}
	return r < 0 ? words_set(words, r, "cannot use the database %s: %s", db->path,
			       db_error(db)) :
		       0;
}

int db_open(struct db **out, const char *path, enum db_mode mode, struct words *words)
{
	struct db *db;
	int flags = mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	int r;

	forked_watch();
	if (mode == DB_MAKE) {
		r = make_file(path, words);
		if (r < 0)
			return r;
	} else if (access(path, R_OK) < 0) {
		return words_set(words, -errno, errno == ENOENT ?
			"there is no database %s: nothing was recorded yet, or -d names another" :
			"cannot read the database %s", path);
	}
	db = calloc(1, sizeof *db);
	if (!db || !(db->path = strdup(path))) {
		free(db);
		return words_set(words, -ENOMEM, "out of memory");
	}
	db->wait.path = db->path;
	r = db_errno(sqlite3_open_v2(path, &db->sqlite, flags, through_of(path)));
	if (r < 0)
		words_set(words, r, "cannot open the database %s: %s", path, db_error(db));
	sqlite3_extended_result_codes(db->sqlite, 1);
	be_patient(db, true);
	if (r == 0)
		r = add_functions(db, words);
	if (r == 0)
		r = check_owner(db, mode, words);
	if (r == 0)
		r = configure(db, mode, words);
	/* They cost a millisecond, which a command that changes nothing need not wait for. */
	if (r == 0 && mode != DB_MAKE && (r = db_views(db)) < 0)
		words_set(words, r, "cannot read %s: %s", db->path, db_error(db));
	if (r < 0) {
		db_close(db);
		return r;
	}
	*out = db;
	return 0;
}

void db_settle(struct db *db)
{
	/* Somebody else has it open: then the last of them does this. */
	be_patient(db, false);
	if (db_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)") == 0)
		IGNORE(change_mode(db, "DELETE"));
	be_patient(db, true);
}

void db_close(struct db *db)
{
	int q;

	if (!db)
		return;
	for (q = 0; q < Q_COUNT; q++)
		sqlite3_finalize(db->statements[q]);
	sqlite3_close_v2(db->sqlite);
	free(db->path);
	free(db);
}
