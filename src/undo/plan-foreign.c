/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/plan-foreign.h"

#include <errno.h>

#include "base/cleanup.h"
#include "undo/foreign.h"
#include "undo/look.h"

/* Does what stands there lose this name? */
static bool loses_name(const struct plan_item *it)
{
	return it->state == STATE_OURS && it->now.exists && !S_ISDIR(it->now.mode) &&
		!plan_same_inode(it);
}

/* How many names a file loses, by inode_place(). */
static int count_names(const struct plan *p, struct u64map *lost)
{
	size_t i;

	for (i = 0; i < p->all.count; i++) {
		const struct plan_item *it = &p->items[i];
		uint32_t *n;
		bool added;

		if (!loses_name(it))
			continue;
		n = u64map_put(lost, inode_place(&it->now), &added);
		if (!n)
			return -ENOMEM;
		++*n;
	}
	return 0;
}

/* Refuses it, if it may not lose as many names; false: it may. */
typedef bool spare_fn(struct plan *p, struct plan_item *it, uint32_t names);

static bool spare_foreign(struct plan *p, struct plan_item *it, uint32_t names)
{
	const struct entry *e = it->e;

	if (plan_home(p, e->file) || e->home ||
		!foreign_is(p->db, plan_subject(p), e, &it->now,
			e->since_ns ? e->since_ns : p->started_ns, names))
		return false;
	plan_refuse(it,
		"what stands there was there before the run, under a name that is not on record");
	return true;
}

/* Another file with the same in it: it has come home as a copy. */
static bool is_copy(const struct plan_item *home, const struct plan_item *it)
{
	return S_ISREG(home->now.mode) && S_ISREG(it->now.mode) &&
		home->now.size == it->now.size && !plan_has_inode_of(&home->now, &it->now) &&
		look_same_content(home->e->path, it->e->path);
}

/* What stood there before is in what stands there now. */
static bool has_its_own(struct plan *p, const struct plan_item *home)
{
	const struct side *b = &home->e->before;
	const char *name;
	int dir;

	return S_ISREG(home->now.mode) && b->has_hash &&
		parents_open(&p->parents, home->e->path, &dir, &name) == 0 &&
		!look_differs(dir, name, &home->now, b, DIFFERS_WHAT);
}

/*
 * Is what stood at its home before there again, or will be; or was it a command's, and taken back?
 */
static bool is_settled(struct plan *p, const struct plan_item *home, const struct plan_item *it)
{
	const struct inode *was = &home->e->before.i;

	/* What is ours and could not be put back was refused. */
	if (home->state == STATE_BEFORE || home->state == STATE_OURS || is_copy(home, it) ||
		has_its_own(p, home))
		return true;
	return home->for_good &&
		db_int(p->db, Q_LEFT_THERE, 0, "iiiii", home->e->path_id, (int64_t)was->ino,
			(int64_t)was->mode, (int64_t)was->size, was->mtime_ns);
}

static bool spare_homeless(struct plan *p, struct plan_item *it, uint32_t names)
{
	const struct plan_item *home = plan_home(p, it->e->file);

	/* one of several names may be its own home, where that is another's, too */
	if (names < it->now.nlink || !home || it->e->file == it->e->before_file || it->may_go ||
		is_settled(p, home, it))
		return false;
	plan_refuse(it, "it was there before the run, as %s", home->e->path);
	return true;
}

/* One name that stays is enough. */
static bool spare_each(struct plan *p, struct u64map *lost, bool created, spare_fn *spare)
{
	bool any = false;
	size_t i;

	for (i = 0; i < p->all.count; i++) {
		struct plan_item *it = &p->items[i];
		uint32_t *n = loses_name(it) ? u64map_get(lost, inode_place(&it->now)) : NULL;

		if (!n || (it->e->change == CHANGE_CREATED) != created || !spare(p, it, *n))
			continue;
		--*n;
		any = true;
	}
	return any;
}

/* First where nothing stood before: nothing waits for the place. */
static int spare_all(struct plan *p, spare_fn *spare)
{
	_cleanup_(u64map_release) struct u64map lost = { 0 };
	int r = p->force ? 0 : count_names(p, &lost);
	bool any;

	if (r < 0 || p->force)
		return r;
	any = spare_each(p, &lost, true, spare);
	return spare_each(p, &lost, false, spare) || any;
}

int plan_spare_foreign(struct plan *p)
{
	return spare_all(p, spare_foreign);
}

int plan_spare_last(struct plan *p)
{
	return spare_all(p, spare_homeless);
}
