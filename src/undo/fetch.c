/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "undo/remake.h"
#include "undo/remove.h"

/* What stands at its place still is changed there. */
static bool is_fetched(const struct plan_item *it)
{
	return rollback_wants_file(it) && !it->staged && (it->source || it->parked) &&
		!plan_same_inode(it);
}

/* Puts what stands at `it` aside, under the temporary name of a home of its own. */
static int park(struct rollback *rb, const struct plan_item *it, struct plan_item *home, int dir,
	const char *name)
{
	char temp[TEMP_MAX];

	temp_name(temp, &rb->plan.temps, home->e->path_id);
	unlinkat(dir, temp, 0);
	if (linkat(dir, name, dir, temp, 0) < 0) {
		/* A file system without hard links moves it instead: there it has but one home. */
		if ((errno != EPERM && errno != ENOTSUP) || renameat(dir, name, dir, temp) < 0)
			return -errno;
	}
	home->parked = it;
	return 0;
}

int fetch_park(struct rollback *rb, const struct plan_item *it, int dir, const char *name)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < rb->plan.all.count; i++) {
		struct plan_item *home = &rb->plan.items[i];

		if (home != it && home->source == it && is_fetched(home) && !home->parked)
			r = park(rb, it, home, dir, name);
	}
	return r;
}

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
	if (r == 0 && (!now.exists || S_ISDIR(now.mode) ||
			!inode_stands_still(&now, &it->source->now)))
		r = -ESTALE;
	if (r == 0)
		unlinkat(dir, temp, 0);
	/* A file system without hard links moves it instead. */
	if (r == 0 && linkat(from_dir, name, dir, temp, 0) < 0) {
		it->source->emptied = (errno == EPERM || errno == ENOTSUP || errno == EMLINK) &&
			renameat(from_dir, name, dir, temp) == 0;
		r = it->source->emptied ? 0 : -errno;
	}
	parents_forget(&other);
	return r;
}

static void stage(struct rollback *rb, struct plan_item *it)
{
	char temp[TEMP_MAX];
	const char *name;
	int dir, r;

	if (!is_fetched(it))
		return;
	r = rollback_open(rb, it, &dir, &name);
	temp_name(temp, &rb->plan.temps, it->e->path_id);
	if (r == 0)
		r = it->parked ? stage_parked(rb, it, temp, dir) : stage_linked(rb, it, temp, dir);
	if (r == 0)
		r = inode_stat(&it->temp, dir, temp, AT_SYMLINK_NOFOLLOW);
	if (r == 0 && !it->parked && it->temp.ino != it->source->now.ino)
		r = -ESTALE; /* swapped under our hands */
	if (r == 0) {
		it->staged = true;
	} else if (!it->secured) {
		it->state = STATE_REFUSED;
		rollback_tell(rb, it, BA_FAIL, rollback_reason(r));
	}
}

void fetch_all(struct rollback *rb)
{
	size_t i;

	for (i = 0; i < rb->plan.all.count; i++)
		stage(rb, &rb->plan.items[i]);
}

/* Does the file that stands at `it` stand at home again, too? As it is now. */
static bool is_home(struct rollback *rb, const struct plan_item *it, struct inode *now)
{
	const struct plan_item *home = plan_home(&rb->plan, it->e->file);
	const char *name;
	int dir;

	return home && home->state == STATE_OURS && home->finished &&
		rollback_open(rb, home, &dir, &name) == 0 &&
		inode_stat(now, dir, name, AT_SYMLINK_NOFOLLOW) == 0 && now->exists &&
		now->dev == it->now.dev && now->ino == it->now.ino;
}

/* What was fetched home from an excluded place is not left there, too. */
static void clear_lenders(struct rollback *rb)
{
	size_t i;

	for (i = 0; i < rb->plan.all.count; i++) {
		const struct plan_item *it = &rb->plan.items[i];
		struct inode now;
		const char *name;
		int dir;

		/* else a name too many stays, in a place that is excluded */
		if (it->lends && is_home(rb, it, &now) && rollback_open(rb, it, &dir, &name) == 0)
			IGNORE(remove_entry(&rb->plan.parents, it->e->path, &now));
	}
}

static bool is_as_before(const struct plan_item *it)
{
	return it->state == STATE_BEFORE || (it->state == STATE_OURS && it->finished);
}

/* A temporary name that an interrupted rollback left: of what has its own name again. */
static void clear_temps(struct rollback *rb)
{
	char temp[TEMP_MAX];
	const char *name;
	size_t i;
	int dir;

	for (i = 0; rb->plan.resumed && i < rb->plan.all.count; i++) {
		const struct plan_item *it = &rb->plan.items[i];

		if (!is_as_before(it) || rollback_open(rb, it, &dir, &name) < 0)
			continue;
		temp_name(temp, &rb->plan.temps, it->e->path_id);
		unlinkat(dir, temp, 0);
	}
}

/* Where a file was fetched from, if nothing stands there by now, it gets that name again. */
static int give_back(const struct plan_item *from, int dir, const char *temp)
{
	struct parents other = PARENTS_INIT;
	struct inode there;
	const char *name;
	int to, r = parents_open(&other, from->e->path, &to, &name);

	if (r == 0)
		r = inode_stat(&there, to, name, AT_SYMLINK_NOFOLLOW);
	if (r == 0 && rollback_is_at(&there, dir, temp))
		r = unlinkat(dir, temp, 0) < 0 ? -errno : 0;
	else if (r == 0 && !there.exists && renameat(dir, temp, to, name) < 0)
		r = -errno;
	parents_forget(&other);
	return r;
}

/* One that was interrupted had taken it out of there already. */
static void tell_given_back(struct rollback *rb, const struct plan_item *it,
	struct plan_item *from)
{
	char why[PATH_MAX + 64];

	snprintf(why, sizeof why, "it was there before the run, as %s", it->e->path);
	if (from->state == STATE_BEFORE)
		rollback_tell(rb, from, BA_KEEP, why);
}

/* What did not come home after all has no name but ours, perhaps. */
static void give_back_all(struct rollback *rb)
{
	char temp[TEMP_MAX];
	const char *name;
	size_t i;
	int dir;

	for (i = 0; i < rb->plan.all.count; i++) {
		const struct plan_item *it = &rb->plan.items[i];
		struct plan_item *from =
			plan_item_at(&rb->plan, &rb->plan.carried, it->e->before_file);

		if (!it->staged || (it->state != STATE_REFUSED && !it->failed) || !from ||
			rollback_open(rb, it, &dir, &name) < 0)
			continue;
		temp_name(temp, &rb->plan.temps, it->e->path_id);
		/* else it stays under our name for it */
		if (give_back(from, dir, temp) == 0)
			tell_given_back(rb, it, from);
	}
}

void fetch_end(struct rollback *rb)
{
	give_back_all(rb);
	clear_lenders(rb);
	clear_temps(rb);
}
