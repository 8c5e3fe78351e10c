/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "api/answer.h"
#include "api/undo.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "store/mounted.h"
#include "store/open.h"
#include "store/recover.h"
#include "store/trust.h"
#include "try/commit.h"
#include "undo/forget.h"
#include "undo/journal.h"
#include "undo/life.h"
#include "undo/rollback.h"
#include "undo/uninstall.h"
#include "undo/verify.h"

/* A recorder looks every second whether somebody wants its end. */
#define FINISH_LOOK_NS 50000000L
#define FINISH_LOOKS 400

/*
 * The run, or the runs of an install, one after the other: what is asked of
 * each may need the database for itself. 0, or the first that is not.
 */
static int each_run(struct ba *ba, int64_t subject, int (*what)(struct ba *, int64_t, void *),
	void *data)
{
	_cleanup_free_ int64_t *runs = NULL;
	size_t i, count = 0;
	int r = db_list(ba->db, Q_MEMBERS, subject, &runs, &count);

	if (r < 0)
		return words_set(&ba->words, r, "%s: %s", db_path(ba->db),
			r == -ENOMEM ? "out of memory" : db_error(ba->db));
	if (!count)
		return words_set(&ba->words, -ENOENT, "there is no run %lld", (long long)subject);
	for (i = 0; r == 0 && i < count; i++)
		r = what(ba, runs[i], data);
	return r;
}

/* Which of its processes live still, as words for a refusal. */
static void say_left(struct ba *ba, int64_t run_id, char *out, size_t size)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	unsigned int n = 0;

	out[0] = '\0';
	if (db_rows(&rows, ba->db, Q_PROCESSES_LEFT, "i", run_id) < 0)
		return;
	while (rows_next(&rows) > 0)
		if (++n == 1)
			snprintf(out, size, "%s (pid %lld)", rows_text(&rows, 1),
				(long long)rows_int(&rows, 0));
	if (n > 1)
		snprintf(out + strlen(out), size - strlen(out), " and %u more of its processes",
			n - 1);
}

/* How far a run has come, and what it is. */
struct progress {
	bool goes_on; /* of a command that has ended: some of its processes live still */
	bool settled; /* held against the disk at the command's end, or since */
	char kind[32]; /* "": a command */
	int64_t of_run;
};

/* The columns of RUN_FACTS. */
enum facts_column { FACTS_STATE, FACTS_KIND, FACTS_OF_RUN, FACTS_SETTLED_AT };

static int read_progress(struct ba *ba, int64_t run_id, struct progress *p)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, ba->db, Q_RUN_FACTS, "i", run_id);

	*p = (struct progress){ 0 };
	if (r == 0)
		r = rows_next(&rows);
	if (r < 0)
		return words_set(&ba->words, r, "%s: %s", db_path(ba->db), db_error(ba->db));
	if (r == 0)
		return words_set(&ba->words, -ENOENT, "there is no run %lld", (long long)run_id);
	p->goes_on = !strcmp(rows_text(&rows, FACTS_STATE), "running");
	p->settled = rows_type(&rows, FACTS_SETTLED_AT) != ROWS_NULL;
	p->of_run = rows_int(&rows, FACTS_OF_RUN);
	snprintf(p->kind, sizeof p->kind, "%s", rows_text(&rows, FACTS_KIND));
	return 0;
}

/* Is it there, and has its command ended? */
static int check_run(struct ba *ba, int64_t run_id, struct progress *p)
{
	int r = read_progress(ba, run_id, p);

	if (r == 0 && p->goes_on && !p->settled)
		return words_set(&ba->words, -EBUSY, "run %lld is still being recorded",
			(long long)run_id);
	return r;
}

/* One statement of writing, through a connection of its own: ours only reads. */
static int write_once(struct ba *ba, int64_t run_id, int (*what)(struct db *db, int64_t run_id))
{
	struct words words;
	struct db *db;
	int r = db_open(&db, db_path(ba->db), DB_WRITE, &words);

	if (r < 0)
		return words_set(&ba->words, r, "%s", words.text);
	r = what(db, run_id);
	if (r < 0)
		words_set(&ba->words, r, "%s: %s", db_path(db), db_error(db));
	db_close(db);
	return r;
}

static int ask_to_finish(struct db *db, int64_t run_id)
{
	return db_run(db, Q_RUN_FINISH_ASK, "i", run_id);
}

/* And what a killed recorder had begun to keep goes. */
static int recover(struct db *db, int64_t run_id)
{
	int r = recover_run(db, run_id);

	if (r == 0)
		forget_sweep(db);
	return r;
}

/* What is in layers only was never put anywhere it could be taken from. */
static int check_in_place(struct ba *ba, int64_t run_id)
{
	if (!db_int(ba->db, Q_RUN_STAGED, 0, "i", run_id))
		return 0;
	return words_set(&ba->words, -EINVAL,
		"run %lld is staged, and nothing of it is in its place: 'buildaudit discard %lld' "
		"gives it up",
		(long long)run_id, (long long)run_id);
}

static int check_undoable(struct ba *ba, int64_t run_id, bool force)
{
	struct progress p;
	int r = check_in_place(ba, run_id);

	if (r == 0)
		r = check_run(ba, run_id, &p);
	if (r < 0)
		return r;
	if (*p.kind && strcmp(p.kind, "commit") != 0)
		return words_set(&ba->words, -EINVAL,
			"run %lld is the %s of run %lld: an undo cannot be undone, "
			"but the command can be run again",
			(long long)run_id, p.kind, (long long)p.of_run);
	r = force ? 0 : mounted_check(ba->db, run_id, &ba->words);
	/*
	 * Its recorder could not (a full disk, say), and nobody
	 * since: then what is there now has to do.
	 */
	return r < 0 || p.settled ? r : write_once(ba, run_id, recover);
}

static bool has_ended(struct ba *ba, int64_t run_id)
{
	struct progress p;

	return read_progress(ba, run_id, &p) < 0 || !p.goes_on;
}

static int finish_one(struct ba *ba, int64_t run_id, void *data)
{
	const struct timespec pause = { 0, FINISH_LOOK_NS };
	struct progress p;
	int i, r = check_run(ba, run_id, &p);
	bool goes_on = p.goes_on;

	(void)data;
	if (r == 0 && goes_on)
		r = write_once(ba, run_id, ask_to_finish);
	for (i = 0; r == 0 && goes_on && i < FINISH_LOOKS; i++) {
		nanosleep(&pause, NULL);
		goes_on = !has_ended(ba, run_id);
	}
	if (r == 0 && goes_on)
		r = words_set(&ba->words, -ETIMEDOUT, "the recorder of run %lld does not answer",
			(long long)run_id);
	return r;
}

API int ba_finish(struct ba *ba, int64_t run_id)
{
	return each_run(ba, run_id, finish_one, NULL);
}

int ba_check_ended(struct ba *ba, int64_t run_id, bool force)
{
	char left[512];
	struct progress p;
	int r = check_run(ba, run_id, &p);

	if (r < 0 || !p.goes_on)
		return r;
	if (force)
		return finish_one(ba, run_id, NULL);
	say_left(ba, run_id, left, sizeof left);
	if (!*left)
		return words_set(&ba->words, -EBUSY,
			"run %lld is just coming to its end: try again", (long long)run_id);
	return words_set(&ba->words, -EBUSY,
		"run %lld goes on: %s lives still: stop it, or end the record now "
		"(buildaudit finish %lld, or --force)",
		(long long)run_id, left, (long long)run_id);
}

/*
 * The undo wrote through a connection of its own. The last one to close folds
 * the log into the file, and ours, which only reads, could not.
 */
static int settle(struct ba *ba)
{
	_cleanup_free_ char *path = strdup(db_path(ba->db));
	struct words words;
	struct db *db;
	int r;

	if (!path)
		return -ENOMEM;
	r = db_open(&db, path, DB_WRITE, &words);
	if (r < 0)
		return r;
	db_close(ba->db);
	ba->db = NULL;
	db_settle(db);
	db_close(db);
	return db_open(&ba->db, path, DB_READ, &ba->words);
}

static int check_one(struct ba *ba, int64_t run_id, void *data)
{
	const struct ba_undo *how = data;
	int r = check_undoable(ba, run_id, how->force);

	return r == 0 && !how->dry ? ba_check_ended(ba, run_id, how->force) : r;
}

/* May this be taken back? */
static int check_undo(struct ba *ba, int64_t subject, const struct ba_undo *how)
{
	int r = how->dry ? 0 : trust_database(db_path(ba->db), &ba->words);

	return r < 0 ? r : each_run(ba, subject, check_one, (void *)how);
}

/* Of an install only a run of its own makes anything stale, of a run a later one. */
static int check_superseded(struct ba *ba, int64_t subject, int64_t by)
{
	int r = by ? ba_there(ba, by) : 0;

	if (r < 0 || !by)
		return r;
	if (subject < 0 && db_int(ba->db, Q_RUN_INSTALL, 0, "i", by) != subject)
		return words_set(&ba->words, -EINVAL, "run %lld is no run of that install",
			(long long)by);
	return subject < by ? 0 : words_set(&ba->words, -EINVAL,
		"run %lld is not newer than run %lld", (long long)by, (long long)subject);
}

/* What a commit did is all of the runs that it put in their place; all others are one. */
static int read_parts(struct ba *ba, int64_t subject, int64_t **runs, size_t *count)
{
	int r = db_list(ba->db, Q_COMMIT_PARTS, subject, runs, count);

	if (r < 0)
		return words_set(&ba->words, r, "%s: %s", db_path(ba->db), db_error(ba->db));
	if (db_int(ba->db, Q_COMMIT_LACKS, 0, "i", subject))
		return words_set(&ba->words, -ESTALE,
			"run %lld is a commit, and %s that it put in its place is forgotten: "
			"what is left of it is taken back run by run", (long long)subject,
			*count ? "one of the runs" : "the run");
	if (*count)
		return 0;
	*runs = malloc(sizeof **runs);
	if (!*runs)
		return words_set(&ba->words, -ENOMEM, "out of memory");
	**runs = subject;
	*count = 1;
	return 0;
}

/* A commit has created nothing that is not of those. */
static int check_no_commit(struct ba *ba, int64_t run_id)
{
	_cleanup_free_ int64_t *runs = NULL;
	size_t count = 0;
	int r = read_parts(ba, run_id, &runs, &count);

	if (r < 0 || runs[count - 1] == run_id)
		return r;
	return words_set(&ba->words, -EINVAL,
		"run %lld is a commit: what can be uninstalled is what it put in its place, "
		"run %lld%s",
		(long long)run_id, (long long)runs[count - 1],
		count > 1 ? " and those that it went on from" : "");
}

API int ba_uninstall(struct ba *ba, int64_t run_id, const struct ba_undo *how,
	struct ba_undone *result)
{
	const char *kind = how->superseded_by ? "prune" : "uninstall";
	int r = check_superseded(ba, run_id, how->superseded_by);

	if (r == 0)
		r = check_no_commit(ba, run_id);
	if (r == 0)
		r = check_undo(ba, run_id, how);
	if (r == 0)
		r = run_id < 0 ?
			undo_rollback(ba->db, run_id, kind, how, NULL, result, &ba->words) :
			undo_uninstall(ba->db, run_id, how, result, &ba->words);
	return r == 0 && !how->dry ? settle(ba) : r;
}

static void add_undone(struct ba_undone *all, const struct ba_undone *one)
{
	all->run_id = one->run_id;
	all->removed += one->removed;
	all->restored += one->restored;
	all->nothing += one->nothing;
	all->kept += one->kept;
	all->failed += one->failed;
	if (one->incomplete)
		all->incomplete = one->incomplete;
}

/*
 * The newest first, each by an undo of its own. Where one was taken back an older one may have
 * been, too, or half of it, and what stands there then is not what the newer one knows. When all
 * were, the oldest one says so.
 */
static int roll_back_parts(struct ba *ba, const int64_t *runs, size_t count,
	const struct ba_undo *how, struct ba_undone *result)
{
	_cleanup_(u64map_release) struct u64map ahead = { 0 };
	struct ba_undone one;
	bool several = count > 1;
	int r = 0;

	while (r == 0 && count-- > 0) {
		bool stands = !count || how->force ||
			db_int(ba->db, Q_RUN_STANDS, 0, "i", runs[count]);

		r = db_was_read(ba->db, db_unread(ba->db), &ba->words);
		if (r < 0 || !stands)
			continue;
		r = undo_rollback(ba->db, runs[count], "rollback", how, several ? &ahead : NULL,
			&one, &ba->words);
		add_undone(result, &one);
	}
	return r;
}

API int ba_rollback(struct ba *ba, int64_t run_id, const struct ba_undo *how,
	struct ba_undone *result)
{
	_cleanup_free_ int64_t *runs = NULL;
	size_t count = 0, i;
	int r = read_parts(ba, run_id, &runs, &count);

	*result = (struct ba_undone){ 0 };
	for (i = 0; r == 0 && i < count; i++)
		r = check_undo(ba, runs[i], how);
	if (r == 0)
		r = roll_back_parts(ba, runs, count, how, result);
	return r == 0 && !how->dry ? settle(ba) : r;
}

API int ba_verify(struct ba *ba, int64_t run_id,
	void (*tell)(const struct ba_difference *d, void *data), ba_progress progress, void *data)
{
	struct progress p;
	int r = run_id < 0 ? ba_there(ba, run_id) : check_run(ba, run_id, &p);

	if (r >= 0 && run_id > 0 && !ba->entered && db_int(ba->db, Q_RUN_STAGED, 0, "i", run_id))
		r = words_set(&ba->words, -EXDEV,
			"run %lld is staged: what it left is seen after ba_enter() only",
			(long long)run_id);
	return r < 0 ? r : undo_verify(ba->db, run_id, tell, progress, data, &ba->words);
}

API int ba_uninstall_list(struct ba *ba, int64_t run_id, int64_t superseded_by,
	struct ba_rows **out)
{
	_cleanup_buf_ struct buf created = BUF_INIT;
	struct rows rows;
	int r = check_superseded(ba, run_id, superseded_by);

	if (r == 0 && run_id < 0)
		r = life_created(&created, ba->db, run_id, journal_run(ba->db, run_id),
			superseded_by);
	if (r < 0)
		return r;
	r = run_id < 0 ?
		db_rows(&rows, ba->db, Q_UNINSTALL_LIST_OF, "S", created.data) :
		db_rows(&rows, ba->db, Q_UNINSTALL_LIST, "ii", run_id, superseded_by);

	return ba_ask_of(ba, run_id, out, r, &rows);
}

API int ba_later_runs(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	struct rows rows;
	int r = db_rows(&rows, ba->db, Q_LATER_RUNS, "i", run_id);

	return ba_ask_of(ba, run_id, out, r, &rows);
}

API int ba_diff(struct ba *ba, int64_t run_1, int64_t run_2, int with_excluded,
	struct ba_rows **out)
{
	struct rows rows;
	int r = ba_there(ba, run_1);

	if (r < 0)
		return r;
	r = db_rows(&rows, ba->db, Q_DIFF, "iii", run_1, run_2, (int64_t)!!with_excluded);
	return ba_ask_of(ba, run_2, out, r, &rows);
}

static int forget_one(struct ba *ba, int64_t run_id, void *data)
{
	struct ba_forgotten one, *all = data;
	int r = check_in_place(ba, run_id);

	if (r == 0)
		r = ba_check_ended(ba, run_id, false);

	if (r == 0)
		r = undo_forget(ba->db, run_id, &one, &ba->words);
	if (r < 0)
		return r;
	all->objects += one.objects;
	all->bytes += one.bytes;
	all->later |= one.later;
	all->lost += one.lost;
	all->undos += one.undos;
	all->commits += one.commits;
	all->with = one.with;
	return 0;
}

API int ba_forget(struct ba *ba, int64_t run_id, struct ba_forgotten *forgotten)
{
	int r;

	*forgotten = (struct ba_forgotten){ 0 };
	r = each_run(ba, run_id, forget_one, forgotten);
	if (run_id < 0)
		forgotten->lost = 0; /* of the install nothing is left to be undone */
	return r;
}

int ba_parts(struct ba *ba, int64_t run_id, int64_t **runs, size_t *count)
{
	int r = db_list(ba->db, Q_COMMIT_RUNS, run_id, runs, count);

	return r < 0 ? words_set(&ba->words, r, "%s: %s", db_path(ba->db), db_error(ba->db)) : 0;
}

int ba_check_parts(struct ba *ba, int64_t run_id, bool force)
{
	_cleanup_free_ int64_t *runs = NULL;
	size_t count = 0, i;
	int r = ba_parts(ba, run_id, &runs, &count);

	for (i = 0; r == 0 && i < count; i++)
		r = ba_check_ended(ba, runs[i], force);
	return r;
}

API int ba_commit(struct ba *ba, int64_t run_id, const struct ba_commit *how,
	struct ba_committed *result)
{
	int r = how->dry ? 0 : trust_database(db_path(ba->db), &ba->words);

	if (r == 0)
		r = ba_there(ba, run_id);
	if (r == 0 && !how->dry)
		r = ba_check_parts(ba, run_id, how->force);
	if (r == 0)
		r = commit_scene(ba->db, run_id, how, result, &ba->words);
	return r == 0 && !how->dry && !result->already ? settle(ba) : r;
}
