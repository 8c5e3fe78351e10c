/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rollback, in an order in which each step finds what it needs and a kill
 * between any two leaves what the next try understands:
 *
 *   folders     that stood there are made again, from the top down
 *   stage       what the run carried elsewhere gets a second, temporary name at home
 *   take out    what the run made, from the bottom up
 *   put back    files, symlinks and the rest, each by one rename
 *   dress       folders get their owner, mode, attributes and time
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mix.h"
#include "model/names.h"
#include "undo/journal.h"
#include "undo/look.h"
#include "undo/plan.h"
#include "undo/remake.h"
#include "undo/remove.h"
#include "undo/undo.h"

struct rollback {
	struct plan plan;
	const struct undo_how *how;
	struct undo_result *result;
	struct journal journal;
	struct u64map anchors; /* a file's number -> 1 + an item where it stands again, for its other names */
	uint64_t done, total;
};

static const struct side nothing;

static void progress(struct rollback *rb)
{
	if (rb->how->progress)
		rb->how->progress(rb->done, rb->total, rb->how->data);
	rb->done++;
}

static void tell(struct rollback *rb, struct plan_item *it, enum did did, const char *reason)
{
	const struct entry *e = it->e;
	struct undo_step step = { e->path, type_name(e->before.i.exists ? e->before.i.mode : e->after.i.mode),
		reason, did };

	it->finished = true;
	switch (did) {
	case DID_REMOVE:
		rb->result->removed++;
		break;
	case DID_RESTORE:
		rb->result->restored++;
		break;
	case DID_NOTHING:
		rb->result->nothing++;
		break;
	case DID_KEEP:
		rb->result->kept++;
		break;
	case DID_FAIL:
		rb->result->failed++;
	}
	rb->how->step(&step, rb->how->data);
}

static const char *reason_of(int error)
{
	switch (-error) {
	case ENODATA:
		return "its kept original is gone";
	case EUCLEAN:
		return "its kept original is damaged";
	default:
		return remove_reason(error);
	}
}

static void restored(struct rollback *rb, struct plan_item *it)
{
	const struct entry *e = it->e;

	journal_step(&rb->journal, e, e->change == CHANGE_REMOVED ? "created" : "modified", &e->after, &e->before);
	tell(rb, it, DID_RESTORE, "");
}

static bool wants_dir(const struct plan_item *it)
{
	return it->state == STATE_OURS && it->e->before.i.exists && S_ISDIR(it->e->before.i.mode);
}

static bool wants_file(const struct plan_item *it)
{
	return it->state == STATE_OURS && it->e->before.i.exists && !S_ISDIR(it->e->before.i.mode);
}

/* Folders. */

/* A file where a folder has to be: if it is somebody's original it is put aside under that one's name. */
static int clear_way(struct rollback *rb, struct plan_item *it, int dir, const char *name)
{
	struct plan_item *home = plan_home(&rb->plan, it->e->file);
	char temp[TEMP_MAX];

	if (home && home != it && home->source == it) {
		temp_name(temp, rb->plan.run_id, home->e->path_id);
		if (renameat(dir, name, dir, temp) < 0)
			return -errno;
		home->parked = it;
		return 0;
	}
	return remove_entry(&rb->plan.parents, it->e->path, &it->now);
}

static int make_folder(struct rollback *rb, struct plan_item *it)
{
	const char *name;
	int dir, r = parents_open(&rb->plan.parents, it->e->path, &dir, &name);

	if (r < 0 || (it->now.exists && S_ISDIR(it->now.mode)))
		return r;
	if (it->now.exists)
		r = clear_way(rb, it, dir, name);
	if (r == 0 && mkdirat(dir, name, 0700) < 0 && errno != EEXIST)
		r = -errno;
	parents_forget(&rb->plan.parents);
	return r;
}

static void make_folders(struct rollback *rb)
{
	size_t i;

	for (i = 0; i < rb->plan.all.count; i++) {
		struct plan_item *it = &rb->plan.items[i];
		int r;

		if (!wants_dir(it))
			continue;
		r = make_folder(rb, it);
		if (r < 0) {
			it->state = STATE_REFUSED;
			tell(rb, it, DID_FAIL, reason_of(r));
		}
	}
}

/* Stage. */

static int stage_parked(struct rollback *rb, struct plan_item *it, const char *temp, int dir)
{
	struct parents other = PARENTS_INIT;
	const char *name;
	int from_dir, r = parents_open(&other, it->parked->e->path, &from_dir, &name);

	if (r == 0 && renameat(from_dir, temp, dir, temp) < 0)
		r = -errno;
	parents_forget(&other);
	return r;
}

static int stage_linked(struct rollback *rb, struct plan_item *it, const char *temp, int dir)
{
	struct parents other = PARENTS_INIT;
	struct inode now;
	const char *name;
	int from_dir, r = parents_open(&other, it->source->e->path, &from_dir, &name);

	if (r == 0)
		r = inode_stat(&now, from_dir, name, AT_SYMLINK_NOFOLLOW);
	if (r == 0 && (!now.exists || now.ino != it->source->now.ino || now.dev != it->source->now.dev))
		r = -ESTALE;
	if (r == 0)
		unlinkat(dir, temp, 0);
	/* A file system without hard links moves it instead. */
	if (r == 0 && linkat(from_dir, name, dir, temp, 0) < 0)
		r = (errno == EPERM || errno == ENOTSUP || errno == EMLINK) &&
				renameat(from_dir, name, dir, temp) == 0 ?
			0 :
			-errno;
	parents_forget(&other);
	return r;
}

static void stage(struct rollback *rb, struct plan_item *it)
{
	char temp[TEMP_MAX];
	const char *name;
	int dir, r;

	if (!wants_file(it) || it->staged || (!it->source && !it->parked) || plan_same_inode(it))
		return;
	r = parents_open(&rb->plan.parents, it->e->path, &dir, &name);
	temp_name(temp, rb->plan.run_id, it->e->path_id);
	if (r == 0)
		r = it->parked ? stage_parked(rb, it, temp, dir) : stage_linked(rb, it, temp, dir);
	if (r == 0) {
		it->staged = true;
	} else if (!it->secured) {
		it->state = STATE_REFUSED;
		tell(rb, it, DID_FAIL, reason_of(r));
	}
}

/* Take out. */

/* Is this the only place where something of before is left? */
static const struct plan_item *orphan_of(const struct rollback *rb, const struct plan_item *it)
{
	const struct plan_item *home = plan_home(&rb->plan, it->e->file);

	if (!home || home == it || S_ISDIR(it->e->after.i.mode) || S_ISDIR(home->e->before.i.mode))
		return NULL;
	if (home->e->after.i.exists && home->e->file == it->e->file)
		return NULL; /* it is there, too, in its own place */
	if (home->state == STATE_BEFORE || home->finished || home->staged)
		return home->state == STATE_REFUSED ? home : NULL;
	return home->state == STATE_OURS && (home->secured || rb->how->dry) ? NULL : home;
}

static void take_out(struct rollback *rb, struct plan_item *it)
{
	const struct plan_item *orphan = orphan_of(rb, it);
	bool created = it->e->change == CHANGE_CREATED;
	char why[PATH_MAX + 64];
	int r;

	if (created && orphan && !rb->how->force) {
		snprintf(why, sizeof why, "it was there before the run, as %s", orphan->e->path);
		tell(rb, it, DID_KEEP, why);
		return;
	}
	if (rb->how->dry) {
		tell(rb, it, DID_REMOVE, "");
		return;
	}
	r = remove_entry(&rb->plan.parents, it->e->path, &it->now);
	if (!created)
		return; /* what stood there before comes next, and says whether it worked */
	if (r == 0)
		journal_step(&rb->journal, it->e, "removed", &it->e->after, &nothing);
	if (r == 0)
		tell(rb, it, DID_REMOVE, "");
	else if (r == -ENOENT)
		tell(rb, it, DID_NOTHING, "");
	else
		tell(rb, it, r == -ENOTEMPTY || r == -EEXIST || r == -EBUSY ? DID_KEEP : DID_FAIL, remove_reason(r));
}

static void take_out_all(struct rollback *rb)
{
	size_t i;

	for (i = rb->plan.all.count; i-- > 0;) {
		struct plan_item *it = &rb->plan.items[i];
		const struct entry *e = it->e;

		if (it->state != STATE_OURS || !it->now.exists || it->finished)
			continue;
		if (e->change == CHANGE_CREATED) {
			progress(rb);
			take_out(rb, it);
		} else if (S_ISDIR(it->now.mode) && e->before.i.exists && !S_ISDIR(e->before.i.mode) && !rb->how->dry) {
			take_out(rb, it);
		}
	}
}

/* Put back. */

static void set_anchor(struct rollback *rb, struct plan_item *it)
{
	bool added;
	uint32_t *at;

	if (it->e->before.i.nlink < 2 || !it->e->before_file)
		return;
	at = u64map_put(&rb->anchors, mix64(it->e->before_file), &added);
	if (at && added)
		*at = (uint32_t)(it - rb->plan.items) + 1;
}

static struct plan_item *anchor_of(const struct rollback *rb, const struct plan_item *it)
{
	const uint32_t *at = u64map_get(&rb->anchors, mix64(it->e->before_file));

	return at && it->e->before.i.nlink > 1 && it->e->before_file ? &rb->plan.items[*at - 1] : NULL;
}

/* A second name for what stands at path, as temp in dir. */
static int link_from(const char *path, int dir, const char *temp)
{
	struct parents other = PARENTS_INIT;
	const char *name;
	int from_dir, r = parents_open(&other, path, &from_dir, &name);

	if (r == 0 && linkat(from_dir, name, dir, temp, 0) < 0)
		r = -errno;
	parents_forget(&other);
	return r;
}

struct other_name {
	const struct side *want;
	char *path;
};

static int is_other_name(const char *path, const struct inode *now, void *data)
{
	struct parents other = PARENTS_INIT;
	struct other_name *o = data;
	const char *name;
	int dir;

	if (parents_open(&other, path, &dir, &name) == 0 &&
		!look_differs(dir, name, now, o->want, DIFFERS_WHAT | DIFFERS_OWNER | DIFFERS_TIME))
		o->path = strdup(path);
	parents_forget(&other);
	return o->path ? 1 : (int)now->nlink;
}

/* A name of the file that the run never touched, and that the record does not have. */
static int link_from_other_name(const struct plan_item *it, int dir, const char *temp)
{
	const struct inode *b = &it->e->before.i;
	struct other_name o = { &it->e->before, NULL };
	int r;

	if (b->nlink < 2 || S_ISDIR(b->mode))
		return -ENOENT;
	names_near(it->e->path, b->dev, b->ino, b->nlink, is_other_name, &o);
	r = o.path ? link_from(o.path, dir, temp) : -ENOENT;
	free(o.path);
	return r;
}

/* The thing of before under its temporary name. */
static int make_temp(struct rollback *rb, struct plan_item *it, int dir, const char *temp)
{
	struct plan_item *anchor = anchor_of(rb, it);

	if (anchor || !it->staged)
		unlinkat(dir, temp, 0);
	if (anchor && link_from(anchor->e->path, dir, temp) == 0)
		return 0;
	if (it->staged && !anchor)
		return remake_meta(dir, temp, &it->e->before);
	if (link_from_other_name(it, dir, temp) == 0)
		return 0;
	return remake_new(dir, temp, &it->e->before, rb->plan.objects);
}

static int replace(struct rollback *rb, struct plan_item *it, int dir, const char *name)
{
	char temp[TEMP_MAX];
	int r;

	temp_name(temp, rb->plan.run_id, it->e->path_id);
	r = make_temp(rb, it, dir, temp);
	if (r == 0 && renameat(dir, temp, dir, name) < 0)
		r = -errno;
	/* Between two names of one file rename(2) does nothing; and a failure leaves no litter. */
	if (r == 0 || !it->staged)
		unlinkat(dir, temp, 0);
	return r;
}

static int put_back_in_place(struct rollback *rb, struct plan_item *it, int dir, const char *name)
{
	int r = journal_place(&rb->journal, it->e);

	if (r < 0)
		return r;
	if (it->content_same)
		return remake_meta(dir, name, &it->e->before);
	r = remake_in_place(dir, name, &it->now, &it->e->before, rb->plan.objects);
	return r;
}

static void put_back(struct rollback *rb, struct plan_item *it)
{
	bool in_place = plan_same_inode(it) && (it->content_same || it->e->before.i.nlink > 1);
	const struct plan_item *anchor = anchor_of(rb, it);
	const char *name;
	int dir, r = parents_open(&rb->plan.parents, it->e->path, &dir, &name);

	progress(rb);
	/* Written in its place already, under another name. */
	if (r == 0 && !(in_place && anchor && plan_same_inode(anchor))) {
		r = in_place ? put_back_in_place(rb, it, dir, name) : replace(rb, it, dir, name);
		if (in_place && r == -ETXTBSY) /* it runs: it cannot be written, but it can be replaced */
			r = replace(rb, it, dir, name);
	}
	if (r < 0) {
		tell(rb, it, DID_FAIL, reason_of(r));
		return;
	}
	set_anchor(rb, it);
	restored(rb, it);
}

/* Files first that kept their inode: to them the other names of a group are linked. */
static void put_back_all(struct rollback *rb)
{
	size_t i;
	int pass;

	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < rb->plan.all.count; i++) {
			struct plan_item *it = &rb->plan.items[i];

			if (plan_same_inode(it) != (pass == 0) || it->finished)
				continue;
			if (it->state == STATE_BEFORE)
				set_anchor(rb, it);
			else if (wants_file(it))
				put_back(rb, it);
		}
	}
}

/* A group that an interrupted rollback left apart: each is as before, but they are not one file. */
static void join_groups(struct rollback *rb)
{
	size_t i;

	for (i = 0; i < rb->plan.all.count; i++) {
		struct plan_item *it = &rb->plan.items[i], *anchor = anchor_of(rb, it);
		struct parents other = PARENTS_INIT;
		struct inode mine = { 0 }, its = { 0 };
		const char *name;
		int dir;

		if (it->state != STATE_BEFORE || !anchor || anchor == it || S_ISDIR(it->e->before.i.mode))
			continue;
		if (parents_open(&other, anchor->e->path, &dir, &name) == 0)
			inode_stat(&its, dir, name, AT_SYMLINK_NOFOLLOW);
		parents_forget(&other);
		if (parents_open(&rb->plan.parents, it->e->path, &dir, &name) < 0)
			continue;
		inode_stat(&mine, dir, name, AT_SYMLINK_NOFOLLOW);
		if (mine.exists && its.exists && mine.dev == its.dev && mine.ino != its.ino)
			replace(rb, it, dir, name);
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

		if (!wants_dir(it) || it->finished)
			continue;
		progress(rb);
		r = parents_open(&rb->plan.parents, it->e->path, &dir, &name);
		if (r == 0)
			r = journal_place(&rb->journal, it->e);
		if (r == 0)
			r = remake_meta(dir, name, &it->e->before);
		if (r < 0)
			tell(rb, it, DID_FAIL, reason_of(r));
		else
			restored(rb, it);
	}
}

static void tell_dry(struct rollback *rb)
{
	size_t i;

	take_out_all(rb);
	for (i = 0; i < rb->plan.all.count; i++)
		if (rb->plan.items[i].state == STATE_OURS && rb->plan.items[i].e->before.i.exists)
			tell(rb, &rb->plan.items[i], DID_RESTORE, "");
}

static void judge_all(struct rollback *rb)
{
	size_t i;

	for (i = 0; i < rb->plan.all.count; i++) {
		progress(rb);
		plan_judge(&rb->plan, i);
	}
	plan_find_means(&rb->plan);
	for (i = 0; i < rb->plan.all.count; i++) {
		struct plan_item *it = &rb->plan.items[i];

		if (it->state == STATE_REFUSED)
			tell(rb, it, DID_KEEP, it->reason ? it->reason : "");
		else if (it->state == STATE_BEFORE)
			rb->result->nothing++;
		else if (it->state == STATE_OURS)
			rb->total++;
	}
	parents_forget(&rb->plan.parents);
}

static void act(struct rollback *rb)
{
	size_t i;

	make_folders(rb);
	for (i = 0; i < rb->plan.all.count; i++)
		stage(rb, &rb->plan.items[i]);
	take_out_all(rb);
	parents_forget(&rb->plan.parents);
	put_back_all(rb);
	join_groups(rb);
	dress_folders(rb);
	if (rb->plan.parents.fd >= 0)
		syncfs(rb->plan.parents.fd);
}

int undo_rollback(struct db *db, int64_t run_id, const struct undo_how *how, struct undo_result *result,
	struct words *words)
{
	struct rollback rb = { .how = how, .result = result };
	int r;

	*result = (struct undo_result){ 0 };
	r = plan_make(&rb.plan, db, run_id, how->force, journal_interrupted(db, run_id, "rollback"));
	if (r < 0)
		words_set(words, r, "%s: %s", db_path(db), r == -ENOMEM ? "out of memory" : db_error(db));
	if (r == 0 && !how->dry) {
		r = journal_begin(&rb.journal, db_path(db), "rollback", run_id, words);
		result->run_id = rb.journal.run.id;
	}
	if (r == 0) {
		rb.total = rb.plan.all.count;
		judge_all(&rb);
		if (how->dry)
			tell_dry(&rb);
		else
			act(&rb);
		rb.done = rb.total;
		progress(&rb);
		journal_end(&rb.journal, result->kept || result->failed ? 1 : 0);
	}
	u64map_release(&rb.anchors);
	plan_release(&rb.plan);
	return r;
}
