/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Forgetting a run: its rows, then the objects of the store that no other run
 * names. In that order, and with a row that says so, so that a kill or a power
 * cut between leaves objects too many, which the next one that opens the
 * database takes, and never one too few.
 */
#include "undo/forget.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/durable.h"
#include "base/io.h"
#include "store/open.h"
#include "store/owned.h"
#include "store/receipts.h"
#include "undo/hand-over.h"
#include "undo/journal.h"

static int drop_rows(struct db *db, int64_t run_id)
{
	static const enum query all[] = { Q_FORGET_EVENTS, Q_FORGET_EXECS, Q_FORGET_PROCESSES,
		Q_FORGET_ENTRIES, Q_FORGET_ALIASES, Q_FORGET_ORIGINALS, Q_UPHELD_DROP,
		Q_UNDO_PLACES_DROP, Q_MOUNTED_DROP, Q_RUN_DROP };
	int64_t install = db_int(db, Q_RUN_INSTALL, 0, "i", run_id);
	int r = db_run(db, Q_SWEEP_ADD, "");
	size_t i;

	if (r == 0)
		r = owned_forget(db, run_id);
	for (i = 0; r == 0 && i < ARRAY_SIZE(all); i++)
		r = db_run(db, all[i], "i", run_id);
	return r < 0 ? r : db_run(db, Q_FORGET_INSTALL, "i", install);
}

static int drop_with(struct db *db, enum query which, int64_t run_id, unsigned int *dropped)
{
	_cleanup_free_ int64_t *runs = NULL;
	size_t i, count = 0;
	int r = db_list(db, which, run_id, &runs, &count);

	for (i = 0; r == 0 && i < count; i++)
		r = drop_rows(db, runs[i]);
	*dropped = (unsigned int)count;
	return r;
}

/*
 * Forgotten are the run, what took it back, and the commit that put it in its place: without what
 * was kept for the run that could take nothing back.
 */
static int drop_run(struct db *db, int64_t run_id, struct ba_forgotten *f)
{
	int r = drop_with(db, Q_FORGET_UNDOS, run_id, &f->undos);

	if (r == 0)
		r = drop_with(db, Q_FORGET_COMMIT, run_id, &f->commits);
	if (r == 0)
		r = db_run(db, Q_FORGET_PART, "i", run_id);
	if (r == 0)
		r = hand_over(db, run_id);
	return r < 0 ? r : drop_rows(db, run_id);
}

/* One that failed halfway needs what was kept; of an install each run's may be that. */
static int check_failed(struct db *db, int64_t run_id, struct words *words)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int64_t failed, places;

	if (db_rows(&rows, db, Q_UNDO_FAILED, "i", run_id) < 0 || rows_next(&rows) <= 0)
		return 0;
	failed = rows_int(&rows, 0);
	places = rows_int(&rows, 1);
	return words_set(words, -EBUSY,
		"a rollback of run %lld%s failed at %lld place%s, and what was kept for it may be "
		"the only copy: finish it first (%s)",
		(long long)failed, failed == run_id ? "" : ", which is of the same install,",
		(long long)places, places == 1 ? "" : "s",
		failed == run_id ? "the same again" : "that one again");
}

/* What an undo reads, or will have to read to come to its end, is not taken away under it. */
static int check_undos(struct db *db, int64_t run_id, struct words *words)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;

	if (journal_idle(db, words) < 0 || check_failed(db, run_id, words) < 0)
		return -EBUSY;
	if (db_rows(&rows, db, Q_UNDO_OPEN, "i", run_id) < 0 || rows_next(&rows) <= 0)
		return 0;
	return words_set(words, -EBUSY,
		"the %s of %s%s%lld%s did not come to its end: finish it first (the same again)",
		rows_text(&rows, 0), rows_text(&rows, 2), *rows_text(&rows, 2) ? " (run " : "run ",
		(long long)rows_int(&rows, 1), *rows_text(&rows, 2) ? ")" : "");
}

static bool read_hex(const char *text, unsigned char *out, size_t n)
{
	unsigned int byte;
	size_t i;

	for (i = 0; i < n; i++, text += 2) {
		if (sscanf(text, "%2x", &byte) != 1)
			return false;
		out[i] = (unsigned char)byte;
	}
	return *text == '\0';
}

static bool is_wanted(struct db *db, const char *folder, const char *name)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	unsigned char hash[SHA256_LEN];
	char hex[80];

	snprintf(hex, sizeof hex, "%.2s%.70s", folder, name);
	if (!read_hex(hex, hash, SHA256_LEN))
		return true; /* none of ours: not ours to take */
	return db_rows(&rows, db, Q_OBJECT_WANTED, "b", hash, SHA256_LEN) < 0 ||
		rows_next(&rows) != 0;
}

static int remove_object(int folder, const char *name, struct ba_forgotten *f)
{
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || unlinkat(folder, name, 0) < 0)
		return errno == ENOENT ? 0 : -errno;
	f->objects++;
	f->bytes += (uint64_t)st.st_size;
	return 0;
}

/* 0, or the first -errno; what was left then is tried by the next sweep. */
static int sweep_folder(struct db *db, int store, const char *folder, struct ba_forgotten *f)
{
	_cleanup_(cleanup_closedirp) DIR *d = io_opendir(store, folder);
	const struct dirent *e;
	int r = 0;

	while (d && (e = readdir(d))) {
		int failed = 0;

		if (e->d_name[0] != '.' && !is_wanted(db, folder, e->d_name))
			failed = remove_object(dirfd(d), e->d_name, f);
		r = r < 0 ? r : failed;
	}
	if (r == 0 && unlinkat(store, folder, AT_REMOVEDIR) < 0 && errno != ENOTEMPTY &&
		errno != EEXIST)
		r = errno == ENOENT ? 0 : -errno;
	return r;
}

/* A killed recorder's receipts name objects, too, until they have become rows. */
static bool has_receipts(struct db *db, const char *name)
{
	int64_t run_id = strncmp(name, "run-", 4) ? 0 : strtoll(name + 4, NULL, 10);
	bool needed = run_id &&
		(db_int(db, Q_RUN_UNSETTLED, 0, "i", run_id) || db_unread(db) < 0);

	if (run_id && !needed)
		receipts_end(db, run_id);
	return needed;
}

static bool any_receipts(struct db *db, DIR *store)
{
	struct dirent *e;
	bool any = false;

	while (!any && (e = readdir(store)))
		any = has_receipts(db, e->d_name);
	rewinddir(store);
	return any;
}

/*
 * A recorder lets go of the store a moment after its run is
 * complete; one that goes on is not waited for.
 */
static bool take_lock(struct db *db, int lock)
{
	const struct timespec pause = { 0, 20000000 };
	int i;

	for (i = 0; i < 100; i++) {
		if (flock(lock, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (db_int(db, Q_RUN_RUNNING, 0, ""))
			return false;
		nanosleep(&pause, NULL);
	}
	return false;
}

/* What went is gone on the disk, too, before it counts as swept. 0 or -errno. */
static int sync_store(int store)
{
	struct durable_set set = { 0 };
	int r = durable_in_order(store) ? 0 : durable_add(&set, store);

	if (r == 0)
		r = durable_sync_all(&set);
	durable_release(&set);
	return r;
}

static int sweep_entry(struct db *db, int store, const char *name, struct ba_forgotten *f)
{
	if (!strncmp(name, "tmp-", 4))
		return unlinkat(store, name, 0) < 0 && errno != ENOENT ? -errno : 0;
	return strlen(name) == 2 && strcmp(name, "..") ? sweep_folder(db, store, name, f) : 0;
}

/* All that nobody names, what a killed recording left behind included. */
static int sweep(struct db *db, struct ba_forgotten *f)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int lock = -1;
	_cleanup_(cleanup_closedirp) DIR *d = NULL;
	const struct dirent *e;
	int r = 0;

	if (asprintf(&path, "%s.d", db_path(db)) < 0 || !(d = io_opendir(AT_FDCWD, path)))
		return 0;
	lock = openat(dirfd(d), "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	f->later = lock < 0 || !take_lock(db, lock) || any_receipts(db, d);
	while (!f->later && (e = readdir(d))) {
		int failed = sweep_entry(db, dirfd(d), e->d_name, f);

		r = r < 0 ? r : failed;
	}
	return r < 0 || f->later ? r : sync_store(dirfd(d));
}

bool forget_is_due(struct db *db)
{
	return db_int(db, Q_SWEEP_DUE, 0, "");
}

static int do_chore(struct db *db, struct ba_forgotten *f)
{
	int r = sweep(db, f);

	return r < 0 || f->later ? r : db_run(db, Q_SWEEP_DONE, "");
}

void forget_sweep(struct db *db)
{
	struct ba_forgotten f = { 0 };

	if (forget_is_due(db))
		IGNORE(do_chore(db, &f)); /* then it is done once more, to no harm */
}

int undo_forget(struct db *db, int64_t run_id, struct ba_forgotten *f, struct words *words)
{
	int r;

	*f = (struct ba_forgotten){ 0 };
	/* Asked before, too: an undo may hold the lock. */
	r = check_undos(db, run_id, words);
	if (r < 0)
		return r;
	/* Without it what became of that run's files would be a change by nobody on record. */
	f->with = db_int(db, Q_UNDID, 0, "i", run_id);
	if (f->with)
		return 0;
	r = db_exec(db, "BEGIN IMMEDIATE");
	if (r == 0 && check_undos(db, run_id, words) < 0) {
		db_rollback(db);
		return -EBUSY;
	}
	if (r == 0)
		r = hand_over_views(db);
	if (r == 0) {
		f->lost = (unsigned int)db_int(db, Q_FORGET_LOSES, 0, "i", run_id);
		r = drop_run(db, run_id, f);
	}
	if (r == 0)
		r = db_exec(db, "COMMIT");
	/* No object goes while the rows that name it could come back. */
	if (r == 0)
		r = db_sync(db);
	if (r < 0) {
		words_set(words, r, "cannot forget run %lld: %s: %s", (long long)run_id,
			db_path(db), db_error(db));
		db_rollback(db);
		return r;
	}
	r = do_chore(db, f);
	return r < 0 ? words_set(words, r,
			       "run %lld is forgotten, but what was kept for it is not all gone "
			       "(%s): the next command tries again",
			       (long long)run_id, strerror(-r)) :
		       r;
}
