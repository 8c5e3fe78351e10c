/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/plan-means.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/mix.h"
#include "undo/ahead.h"
#include "undo/look.h"
#include "undo/numbers.h"
#include "undo/plan-borrow.h"
#include "undo/plan-foreign.h"
#include "undo/remove.h"

/* The file that stood at `it` is at `from` now, and has its content still. */
static bool carries(const struct plan_item *from, const struct plan_item *it)
{
	const struct side *b = &it->e->before, *a = &from->e->after;

	if (from == it || (from->state != STATE_OURS && !from->lends) || S_ISDIR(b->i.mode) ||
		(a->i.mode & S_IFMT) != (b->i.mode & S_IFMT) || from->now.ino != a->i.ino)
		return false;
	if (!S_ISREG(b->i.mode))
		return true;
	/* Whoever had to keep its content, and could not, feared for it. */
	if (!b->has_hash)
		return it->e->keep == KEEP_NONE ||
			(a->i.size == b->i.size && a->i.mtime_ns == b->i.mtime_ns);
	return a->has_hash && !memcmp(a->hash, b->hash, SHA256_LEN);
}

/* Did a rollback that was interrupted give the file its temporary name beside `beside` already? */
static bool has_temp(struct plan *p, struct plan_item *it, const struct plan_item *from,
	const struct plan_item *beside)
{
	struct inode temp;
	char name[TEMP_MAX];
	int dir;

	if (!plan_see_temp(p, it->e, beside->e, name, &dir, &temp) ||
		!plan_has_inode_of(&temp, &it->e->before.i))
		return false;
	it->temp = temp;
	/* It may also be half of a new file, under a number that came round again. */
	return !look_differs(dir, name, &temp, &from->e->after, DIFFERS_WHAT) ||
		!look_differs(dir, name, &temp, &it->e->before, DIFFERS_ALL);
}

/* Whole, that is: each is read once. */
static bool has_object(struct plan *p, const struct side *b)
{
	bool added;
	uint32_t *known = u64map_put(&p->objects_seen, mix_bytes(b->hash, SHA256_LEN), &added);

	if (!known)
		return object_whole(p->objects, b);
	if (added)
		*known = object_whole(p->objects, b) ? 1 : 2;
	return *known == 1;
}

/* What a run left as it was it kept no content of; another that took it later did. */
static bool may_be_kept(const struct holdings *h)
{
	const struct entry *e = h->e;

	return e->keep == KEEP_WHOLE || (e->keep == KEEP_NONE && e->content_changed == 0 &&
					e->before.has_hash && !h->same_inode);
}

/* With what can it be put back? */
static void find_means(struct plan *p, struct plan_item *it)
{
	const struct entry *e = it->e;
	const struct side *b = &e->before;
	struct plan_item *from = plan_item_at(p, &p->carried, e->before_file);
	struct holdings h = { .e = e,
		.same_inode = plan_same_inode(it),
		.as_left = it->as_left,
		.rewritten = numbers_at(&p->rewritten, e->file),
		.other_name = numbers_at(&p->stands, e->before_file) };
	struct means m;

	if (it->state == STATE_BEFORE)
		it->secured = true;
	if ((it->state != STATE_OURS && it->state != STATE_REFUSED) || !b->i.exists)
		return;
	h.carried = from && carries(from, it);
	if (!h.carried && !h.same_inode && it->state == STATE_OURS)
		IGNORE(plan_borrow_found(p, it)); /* the same */
	h.object = S_ISREG(b->i.mode) && b->i.size && may_be_kept(&h) && has_object(p, b);
	if (p->resumed && !S_ISDIR(b->i.mode) && from && from != it) {
		it->staged = has_temp(p, it, from, it);
		it->parked = !it->staged && has_temp(p, it, from, from) ? from : NULL;
	}
	h.temp = it->staged || it->parked;
	m = means_of(&h);
	it->secured = m.secured;
	if (it->state != STATE_OURS)
		return;
	it->content_same = m.content_same;
	it->source = m.fetch ? from : NULL;
	if (m.lacks && e->excluded)
		it->state = STATE_LEAVE; /* what is lost there is nobody's */
	else if (m.lacks)
		plan_refuse(it, "%s", m.lacks);
}

/* What stands there is what the run left, and no folder: it may have stood elsewhere before. */
static bool is_carried_in(const struct plan_item *it)
{
	return it->state == STATE_OURS && it->now.exists && it->e->after.i.exists &&
		!S_ISDIR(it->e->after.i.mode) &&
		(plan_has_inode_of(&it->now, &it->e->after.i) || it->as_left);
}

/* Does the newer one at its home have the same in it? */
static bool is_made_again(struct plan *p, const struct plan_item *it, const struct plan_item *home)
{
	const struct side *a = &it->e->after;
	const char *name;
	int dir;

	return (S_ISLNK(a->i.mode) ? a->target != NULL : a->has_hash) &&
		parents_open(&p->parents, home->e->path, &dir, &name) == 0 &&
		!look_differs(dir, name, &home->now, a, DIFFERS_WHAT);
}

/* What the run, or one after it, wrote over it is no file of before; and that one is kept. */
static bool is_kept_itself(struct plan *p, const struct plan_item *it, const struct plan_item *home)
{
	const struct side *b = &home->e->before;

	return !carries(it, home) && S_ISREG(b->i.mode) && b->has_hash &&
		home->e->keep == KEEP_WHOLE && has_object(p, b);
}

/*
 * An excluded place is nobody's: what has come there since stays, and what stood there before is
 * put beside it.
 */
static void find_aside(struct plan *p, struct plan_item *it)
{
	const struct plan_item *home = plan_home(p, it->e->file);

	if (it->state != STATE_OURS || !it->now.exists || S_ISDIR(it->now.mode) || home == it ||
		!it->e->after.i.exists || it->e->file == it->e->before_file)
		return;
	if (!home) {
		it->aside = it->e->home_excluded ? it->e->home : NULL;
		it->may_go = it->aside;
		return;
	}
	it->may_go = home->e->excluded && entry_has_left(home->e) &&
		home->state == STATE_LEAVE && home->now.exists;
	if (it->may_go && !plan_has_inode_of(&home->now, &it->now) &&
		!is_made_again(p, it, home) && !is_kept_itself(p, it, home))
		it->aside = home->e->path;
}

/* Nothing can come home there; in an excluded place that is no matter but of what had to. */
static bool is_closed(const struct plan_item *home)
{
	return home->state == STATE_REFUSED || (home->e->excluded && home->state == STATE_LEAVE);
}

const char *plan_last_copy_of(const struct plan *p, const struct plan_item *it)
{
	const struct plan_item *home = plan_home(p, it->e->file);

	if (!is_carried_in(it) || it->may_go)
		return NULL;
	if (!home)
		return it->e->home;
	return home != it && is_closed(home) && !home->secured && entry_has_left(home->e) ?
		home->e->path :
		NULL;
}

/* By force goes what has no home any more; but not where that is only out of reach for now. */
static bool goes_by_force(const struct plan *p, const struct plan_item *it)
{
	const struct plan_item *home = plan_home(p, it->e->file);

	return p->force && !(home && home->blocked);
}

/* What stays for that may stand where another had to come home to: that one stays, too. */
static void keep_last_copies(struct plan *p)
{
	const char *home;
	bool again = true;
	size_t i;

	while (again) {
		again = false;
		for (i = 0; i < p->all.count; i++) {
			struct plan_item *it = &p->items[i];

			home = plan_last_copy_of(p, it);
			if (!home || goes_by_force(p, it))
				continue;
			plan_refuse(it, "it was there before the run, as %s", home);
			again = true;
		}
	}
}

/* What the run has put in its place goes all the same. */
static void leave_folder(struct plan *p, size_t i)
{
	struct entry *e = &p->all.e[i];

	if (e->change == CHANGE_MODIFIED) {
		e->change = CHANGE_CREATED;
		e->before.i.exists = false;
	} else {
		p->items[i].state = e->if_empty ? STATE_BEFORE : STATE_LEAVE;
	}
}

/* A folder that is gone stays so unless something comes back in it, or did in an earlier try. */
static void leave_folders(struct plan *p)
{
	size_t i;

	/* From below: what is in a folder stands behind it. */
	for (i = p->all.count; i-- > 0;) {
		struct plan_item *it = &p->items[i];
		struct entry *above = entries_above(&p->all, it->e->path);

		if (it->e->as_needed && !it->needed && it->e->begun == BEGUN_NOT &&
			it->state == STATE_OURS)
			leave_folder(p, i);
		if (above && it->state == STATE_OURS && it->e->before.i.exists)
			p->items[above - p->all.e].needed = true;
	}
}

/* A folder in which something of before is, or comes back, does not go, whoever made it. */
static void spare_folders(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->all.count; i++) {
		const struct plan_item *it = &p->items[i];
		const struct entry *e = it->e;
		bool is_in_it = e->before.i.exists && (it->now.exists || it->state == STATE_OURS);

		while (is_in_it && (e = entries_above(&p->all, e->path)) && e->if_empty &&
			e->change == CHANGE_CREATED)
			p->items[e - p->all.e].state = STATE_SHARED;
	}
}

bool plan_goes(const void *data, const char *path, size_t len)
{
	const struct plan *p = data;
	const struct entry *e = entries_find(&p->all, path, len);

	return e ? p->items[e - p->all.e].goes : ahead_of(p->ahead, path, len) == AHEAD_GONE;
}

/* A folder of the run's, in the way of what is no folder. */
static bool is_in_way(const struct plan_item *it)
{
	return it->state == STATE_OURS && S_ISDIR(it->now.mode) && it->e->before.i.exists &&
		!S_ISDIR(it->e->before.i.mode);
}

static bool any_in_way(const struct plan *p)
{
	size_t i = 0;

	while (i < p->all.count && !is_in_way(&p->items[i]))
		i++;
	return i < p->all.count;
}

bool plan_holds_put_back(struct plan *p, const struct plan_item *it)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	struct inode now;
	int r = db_rows(&rows, p->db, Q_PUT_BACK_BELOW, "is", p->run_id, it->e->path);

	while (r == 0 && rows_next(&rows) > 0)
		if (inode_at(&now, &p->parents, rows_text(&rows, 0)) == 0 && now.exists &&
			(now.mode & S_IFMT) == (rows_int(&rows, 1) & S_IFMT) &&
			(S_ISDIR(now.mode) || now.mtime_ns == rows_int(&rows, 2)))
			return true;
	return false;
}

/*
 * A folder that somebody has put something in does not go, and what stood there does not come
 * home: known before anything is done, since what carries that file stays, too, then.
 */
static bool keep_in_way(struct plan *p)
{
	bool any = false;
	size_t i;

	/* From below: what is in a folder stands behind it. */
	for (i = p->all.count; i-- > 0;) {
		struct plan_item *it = &p->items[i];
		bool in_way = is_in_way(it);

		it->goes = it->state == STATE_OURS && it->now.exists &&
			(in_way || it->e->change == CHANGE_CREATED) &&
			!(S_ISDIR(it->now.mode) &&
				remove_leaves(&p->parents, it->e->path, plan_goes, p));
		if (!in_way || it->goes)
			continue;
		if (plan_holds_put_back(p, it)) {
			it->state = STATE_SHARED;
			continue;
		}
		plan_refuse(it, "%s", remove_reason(-ENOTEMPTY));
		any = true;
	}
	return any;
}

/* What comes back in a folder that stays something else cannot; was there any? */
static bool leave_blocked(struct plan *p)
{
	bool any = false;
	size_t i;

	for (i = 0; i < p->all.count; i++) {
		struct plan_item *it = &p->items[i];

		if (it->state != STATE_OURS || !it->blocked || !plan_lacks_folder(p, it))
			continue;
		plan_refuse(it, "%s", remove_reason(-ELOOP));
		any = true;
	}
	return any;
}

/*
 * A folder stays one for what a later run has to put back in it: below what came in its place that
 * run would find no way, and this one would wait for it.
 */
static void keep_folders(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->all.count; i++) {
		const struct entry *e = p->items[i].e;
		int64_t later = p->items[i].later;

		while (later && (e = entries_above(&p->all, e->path)))
			if (is_in_way(&p->items[e - p->all.e]))
				plan_refuse(&p->items[e - p->all.e],
					"run %lld changed what is in it since: roll that one back "
					"first",
					(long long)later);
	}
}

int plan_settle(struct plan *p)
{
	bool again;
	int r;

	keep_folders(p);
	do {
		keep_last_copies(p);
		r = plan_spare_last(p);
		again = any_in_way(p) && keep_in_way(p);
		again |= leave_blocked(p) || r > 0;
	} while (r >= 0 && again);
	leave_folders(p);
	spare_folders(p);
	return r < 0 ? r : 0;
}

/*
 * A file of an excluded place that changed places with one of another: when that goes home this
 * one can, too.
 */
static void change_back(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->all.count; i++) {
		struct plan_item *it = &p->items[i];
		const struct plan_item *home = it->lends ? plan_home(p, it->e->file) : NULL;

		if (home && home != it && home->state == STATE_OURS && !it->e->of_others &&
			plan_home(p, it->e->before_file) == it &&
			plan_item_at(p, &p->carried, it->e->before_file)) {
			it->state = STATE_OURS;
			it->lends = false;
		}
	}
}

/* Those first that are what stood there before: by them it is known which files are written to. */
static int find_all_means(struct plan *p)
{
	size_t i;
	int pass, r = 0;

	for (i = 0; r == 0 && i < p->all.count; i++)
		if (p->items[i].state == STATE_BEFORE && p->items[i].now.exists)
			r = numbers_put(&p->stands, p->items[i].e->before_file, i);
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; r == 0 && i < p->all.count; i++) {
			struct plan_item *it = &p->items[i];
			bool same = plan_same_inode(it);

			if (same != (pass == 0))
				continue;
			find_means(p, it);
			if (same && it->state == STATE_OURS && !it->content_same)
				r = numbers_put(&p->rewritten, it->e->before_file, i);
		}
	}
	return r;
}

int plan_find_means(struct plan *p)
{
	size_t i;
	int r;

	change_back(p);
	r = find_all_means(p);
	if (r < 0)
		return r;
	for (i = 0; i < p->all.count; i++)
		find_aside(p, &p->items[i]);
	return plan_settle(p);
}
