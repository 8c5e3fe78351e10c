/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rollback, in an order in which each step finds what it needs and a kill
 * between any two leaves what the next try understands:
 *
 *   folders     that stood there are made again, from the top down
 *   fetch       what the run carried elsewhere gets a second, temporary name at home
 *   take out    what the run made, from the bottom up
 *   put back    files, symlinks and the rest, each by one rename
 *   dress       folders get their owner, mode, attributes and time
 */
#include "undo/rollback.h"

#include <errno.h>
#include <limits.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "undo/ahead.h"
#include "undo/aside.h"
#include "undo/fetch.h"
#include "undo/numbers.h"
#include "undo/plan-foreign.h"
#include "undo/plan-judge.h"
#include "undo/plan-load.h"
#include "undo/plan-means.h"
#include "undo/put-back.h"
#include "undo/remake.h"
#include "undo/remove.h"
#include "undo/spare.h"
#include "undo/unlock.h"

/* Folders. */

/*
 * A file where a folder has to be: if it is somebody's original it
 * is put aside, for each name that it had.
 */
static int clear_way(struct rollback *rb, struct plan_item *it, int dir, const char *name)
{
	int r = fetch_park(rb, it, dir, name);

	if (r == 0)
		r = aside_put(rb, it, dir, name);
	if (r == 0)
		r = remove_entry(&rb->plan.parents, it->e->path, &it->now);
	return r == -ENOENT ? 0 : r;
}

/* The one that was just made, and not another one that somebody put in its place. */
static int look_at_made(struct plan_item *it, int dir, const char *name, int64_t since)
{
	struct inode i;
	int r = inode_stat(&i, dir, name, AT_SYMLINK_NOFOLLOW);

	if (r < 0)
		return r;
	if (!i.exists || !S_ISDIR(i.mode) || i.uid != geteuid() ||
		(i.birth_ns && i.birth_ns < since))
		return -ESTALE;
	it->now = i;
	return 0;
}

static int make_folder(struct rollback *rb, struct plan_item *it)
{
	int64_t since = io_coarse_ns();
	const char *name;
	int dir, r = rollback_open(rb, it, &dir, &name);

	if (r < 0 || (it->now.exists && S_ISDIR(it->now.mode)))
		return r;
	if (it->now.exists)
		r = clear_way(rb, it, dir, name);
	if (r == 0 && mkdirat(dir, name, 0700) < 0)
		r = -errno;
	if (r == 0)
		r = look_at_made(it, dir, name, since);
	parents_forget(&rb->plan.parents);
	return r;
}

static void make_folders(struct rollback *rb)
{
	size_t i;

	for (i = 0; i < rb->plan.all.count; i++) {
		struct plan_item *it = &rb->plan.items[i];
		int r;

		if (!rollback_wants_dir(it))
			continue;
		r = make_folder(rb, it);
		if (r < 0) {
			it->state = STATE_REFUSED;
			rollback_tell(rb, it, BA_FAIL, rollback_reason(r));
		}
	}
}

/* Take out. */

/* Is this the only place where something of before is left? */
static const struct plan_item *orphan_of(const struct rollback *rb, const struct plan_item *it)
{
	const struct plan_item *home = plan_home(&rb->plan, it->e->file);

	if (!home || home == it || S_ISDIR(it->e->after.i.mode) || S_ISDIR(home->e->before.i.mode))
		return NULL;
	if (it->may_go || !entry_has_left(home->e))
		return NULL; /* it is there, too, in its own place */
	if (home->for_good)
		return NULL; /* who had put it there has taken it back */
	if (home->state == STATE_BEFORE || home->finished || home->staged)
		return home->state == STATE_REFUSED ? home : NULL;
	return home->state == STATE_OURS && (home->secured || rb->teller.how->dry) ? NULL : home;
}

static int remove_now(struct rollback *rb, struct plan_item *it)
{
	const char *name;
	int dir, r;

	if (rb->teller.how->dry) {
		aside_tell(rb, it);
		return S_ISDIR(it->now.mode) && remove_leaves(&rb->plan.parents, it->e->path,
			plan_goes, &rb->plan) ? -ENOTEMPTY : 0;
	}
	r = rollback_open(rb, it, &dir, &name);
	if (r == 0)
		r = aside_put(rb, it, dir, name);
	if (r == 0 && !it->emptied)
		r = remove_entry(&rb->plan.parents, it->e->path, &it->now);
	it->emptied = r == 0;
	return r;
}

/* What is in the folder, or on it, does not go. */
static void leave(struct rollback *rb, struct plan_item *it, int r)
{
	if (r != -EBUSY && it->e->change == CHANGE_CREATED && plan_holds_put_back(&rb->plan, it)) {
		rollback_tell(rb, it, BA_NOTHING, "");
		it->state = STATE_SHARED;
		return;
	}
	rollback_tell(rb, it, BA_KEEP, remove_reason(r));
	/* A folder that others have something in is theirs from here on. */
	it->stays = r == -EBUSY;
	it->state = STATE_REFUSED;
}

static void take_out(struct rollback *rb, struct plan_item *it)
{
	const struct plan_item *orphan = orphan_of(rb, it);
	bool created = it->e->change == CHANGE_CREATED;
	char why[PATH_MAX + 64];
	int r;

	if (created && orphan && !rb->teller.how->force) {
		snprintf(why, sizeof why, "it was there before the run, as %s", orphan->e->path);
		rollback_tell(rb, it, BA_KEEP, why);
		return;
	}
	r = remove_now(rb, it);
	it->goes = r == 0;
	if (r == -ENOTEMPTY || r == -EEXIST || r == -EBUSY) {
		leave(rb, it, r);
	} else if (!created) {
		return; /* what stood there before comes next, and says whether it worked */
	} else if (r == -ESTALE) {
		rollback_kept(rb, it, it->reason ? it->reason : remove_reason(r));
	} else if (r == -ENOENT) {
		rollback_tell(rb, it, BA_NOTHING, "");
	} else if (r < 0) {
		rollback_tell(rb, it, BA_FAIL, remove_reason(r));
	} else {
		rollback_removed(rb, it);
	}
}

static void take_out_all(struct rollback *rb)
{
	size_t i;

	for (i = rb->plan.all.count; i-- > 0;) {
		struct plan_item *it = &rb->plan.items[i];
		const struct entry *e = it->e;

		it->goes = false;
		if (it->state != STATE_OURS || !it->now.exists || it->finished)
			continue;
		if (e->change == CHANGE_CREATED) {
			teller_progress(&rb->teller);
			take_out(rb, it);
		} else if (S_ISDIR(it->now.mode) && e->before.i.exists &&
			!S_ISDIR(e->before.i.mode)) {
			take_out(rb, it);
		}
	}
}

/* Dress. */

static void dress_folders(struct rollback *rb)
{
	size_t i;

	for (i = rb->plan.all.count; i-- > 0;) {
		struct plan_item *it = &rb->plan.items[i];
		const char *name;
		int dir, r;

		if (!rollback_wants_dir(it) || it->finished)
			continue;
		teller_progress(&rb->teller);
		r = rollback_open(rb, it, &dir, &name);
		if (r == 0)
			r = remake_meta(dir, name, &it->now, &it->e->before);
		if (r < 0)
			rollback_tell(rb, it, BA_FAIL, rollback_reason(r));
		else
			rollback_restored(rb, it);
	}
}

/* In the order in which it would be done. */
static void tell_dry(struct rollback *rb)
{
	size_t i;
	int pass;

	take_out_all(rb);
	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < rb->plan.all.count; i++)
			if (rollback_wants_file(&rb->plan.items[i]) &&
				plan_same_inode(&rb->plan.items[i]) == (pass == 0)) {
				aside_tell(rb, &rb->plan.items[i]);
				rollback_tell(rb, &rb->plan.items[i], BA_RESTORE, "");
			}
	for (i = rb->plan.all.count; i-- > 0;)
		if (rollback_wants_dir(&rb->plan.items[i]))
			rollback_tell(rb, &rb->plan.items[i], BA_RESTORE, "");
}

/*
 * A name that the run gave a file, in the place of another: when that file is written where it
 * stands this one is no more as the run left it, until it is replaced.
 */
static int mark_giving_way(struct rollback *rb, const struct u64map *written)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < rb->plan.all.count; i++) {
		struct plan_item *it = &rb->plan.items[i];

		it->gives_way = rollback_wants_file(it) && !plan_same_inode(it) &&
			numbers_at(written, it->e->file) &&
			plan_has_inode_of(&it->now, &it->e->after.i);
		if (!it->gives_way)
			continue;
		it->begun = BEGUN_META;
		r = journal_place(&rb->journal, it->e, it->begun);
	}
	return r;
}

/*
 * What will be written where it stands is known to be half-done
 * before it is; on disk when this returns.
 */
static int mark_all(struct rollback *rb)
{
	_cleanup_(u64map_release) struct u64map written = { 0 };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < rb->plan.all.count; i++) {
		struct plan_item *it = &rb->plan.items[i];
		bool in_place = rollback_wants_file(it) && rollback_goes_in_place(it);

		if (!in_place && !rollback_wants_dir(it))
			continue;
		it->begun = rollback_wants_dir(it) || it->content_same ? BEGUN_META : BEGUN_CONTENT;
		r = journal_place(&rb->journal, it->e, it->begun);
		if (r == 0 && in_place)
			r = numbers_put(&written, it->e->before_file, i);
	}
	if (r == 0)
		r = mark_giving_way(rb, &written);
	return r == 0 ? journal_sync(&rb->journal) : r;
}

static int judge_all(struct rollback *rb)
{
	size_t i;
	int r;

	teller_begin(&rb->teller, rb->plan.all.count);
	for (i = 0; i < rb->plan.all.count; i++) {
		teller_progress(&rb->teller);
		plan_judge(&rb->plan, i);
	}
	r = plan_spare_foreign(&rb->plan);
	if (r >= 0)
		r = plan_find_means(&rb->plan);
	if (r == 0)
		r = db_unread(rb->plan.db);
	if (r == 0)
		r = spare_packages(rb);
	for (i = 0; i < rb->plan.all.count; i++) {
		struct plan_item *it = &rb->plan.items[i];

		if (it->state == STATE_REFUSED)
			rollback_tell(rb, it, BA_KEEP, it->reason ? it->reason : "");
		else if (it->state == STATE_BEFORE)
			rb->teller.result->nothing++;
		else if (it->state == STATE_OURS)
			rb->to_do++;
	}
	parents_forget(&rb->plan.parents);
	return r;
}

static int act(struct rollback *rb)
{
	int r = journal_act(&rb->journal);

	if (r == 0)
		r = mark_all(rb);
	if (r < 0)
		return r;
	teller_begin(&rb->teller, rb->to_do);
	make_folders(rb);
	fetch_all(rb);
	take_out_all(rb);
	parents_forget(&rb->plan.parents);
	put_back_all(rb);
	fetch_end(rb);
	rb->locked = true;
	r = lock_folders(&rb->journal);
	if (r < 0)
		return r;
	dress_folders(rb);
	r = durable_sync_all(&rb->touched);
	return r < 0 ? r : rb->error;
}

/*
 * What an interrupted try did may be on record in part only: it is all told by
 * the one that comes to its end.
 */
static int tell_found(struct rollback *rb, const struct plan_item *it)
{
	static const char *const change[] = { [CHANGE_CREATED] = "removed",
		[CHANGE_REMOVED] = "created",
		[CHANGE_MODIFIED] = "modified" };

	return rb->plan.resumed && it->state == STATE_BEFORE ?
		journal_found(&rb->journal, it->e, change[it->e->change], &it->e->after,
			&it->e->before) :
		0;
}

/* What failed is begun still for the next one. */
static int tell_failed(struct rollback *rb, const struct plan_item *it)
{
	const char *name;
	struct inode now;
	int dir;

	if (it->now.exists && rollback_open(rb, it, &dir, &name) == 0 &&
		inode_stat(&now, dir, name, AT_SYMLINK_NOFOLLOW) == 0 && !now.exists)
		return journal_place(&rb->journal, it->e, BEGUN_GONE);
	return it->begun ? journal_place(&rb->journal, it->e, it->begun) : 0;
}

/*
 * It is the subject's still; but what an install had left, and somebody took away since, is not.
 */
static bool stays_its(const struct rollback *rb, const struct plan_item *it)
{
	bool gone = rb->plan.install && it->state == STATE_REFUSED && !it->now.exists &&
		!it->unseen && it->e->after.i.exists && !it->failed;

	/* what stays for one who has built upon its home goes there when that one goes */
	return it->state == STATE_LEAVE || (it->stays && !gone && !it->e->home);
}

/* Whose it is now. */
static int release_all(struct rollback *rb)
{
	size_t i;
	int r = journal_places_end(&rb->journal);

	for (i = 0; r == 0 && i < rb->plan.all.count; i++) {
		const struct plan_item *it = &rb->plan.items[i];

		if (!stays_its(rb, it))
			r = journal_undone(&rb->journal, it->e);
		if (r == 0)
			r = it->failed ? tell_failed(rb, it) : tell_found(rb, it);
	}
	return r;
}

/* Done is what is on disk, and on record. */
static int finish(struct rollback *rb, int error, struct words *words)
{
	struct ba_undone *res = rb->teller.result;

	if (error == 0)
		error = release_all(rb);
	if (error == 0)
		error = journal_end(&rb->journal,
			res->kept || res->failed || res->incomplete ? 1 : 0);
	if (error < 0)
		words_set(words, error,
			"the %s of run %lld did not come to its end (%s): %llu removed, "
			"%llu restored so far; run it again",
			rb->kind, (long long)rb->plan.run_id, strerror(-error),
			(unsigned long long)res->removed, (unsigned long long)res->restored);
	return error;
}

static int roll_back(struct rollback *rb, struct words *words)
{
	/* One that was interrupted may have left some open. */
	int r = rb->teller.how->dry ? 0 : lock_folders(&rb->journal);

	if (r == 0)
		r = plan_look(&rb->plan);
	if (r == 0)
		r = judge_all(rb);
	if (rb->teller.how->dry) {
		tell_dry(rb);
		return r == 0 && rb->ahead ? ahead_note(rb->ahead, &rb->plan) : r;
	}
	if (r == 0)
		r = act(rb);
	teller_end(&rb->teller);
	return finish(rb, r, words);
}

int undo_rollback(struct db *db, int64_t subject, const char *kind, const struct ba_undo *how,
	struct u64map *ahead, struct ba_undone *result, struct words *words)
{
	struct rollback rb = { .kind = kind, .ahead = ahead,
		.teller = { .how = how, .result = result } };
	int r = 0;

	*result = (struct ba_undone){ 0 };
	/*
	 * First of all: from here on nobody else undoes anything, or takes away what is read now.
	 */
	if (!how->dry)
		r = journal_begin(&rb.journal, db_path(db), kind, subject, words);
	result->run_id = rb.journal.run.id;
	result->incomplete = journal_incomplete(db, subject);
	if (r == 0) {
		r = plan_make(&rb.plan, db, subject, how,
			how->dry ? journal_interrupted(db, journal_run(db, subject), kind) :
				   rb.journal.resumed);
		rb.plan.ahead = ahead;
		if (r < 0)
			words_set(words, r, "%s: %s", db_path(db),
				r == -ENOMEM ? "out of memory" : db_error(db));
		else
			r = roll_back(&rb, words);
	}
	if (rb.journal.db)
		journal_break(&rb.journal);
	durable_release(&rb.touched);
	u64map_release(&rb.anchors);
	u64map_release(&rb.written);
	plan_release(&rb.plan);
	return r;
}
