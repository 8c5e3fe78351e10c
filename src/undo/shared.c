/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/shared.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mix.h"
#include "undo/remake.h"

struct link_counts {
	struct u64map lost; /* a group -> how many of its names are another file's, or nobody's */
	struct u64map lent; /* a file's number -> how many names it has for this rollback only */
};

/* Of a life, runs that began with other names of the same file are groups of their own. */
uint64_t shared_group(const struct entry *e)
{
	return mix64((uint64_t)e->before.i.nlink << 32 | e->before_file);
}

static int count(struct u64map *m, uint64_t key)
{
	bool added;
	uint32_t *n = u64map_put(m, key, &added);

	if (!n)
		return -ENOMEM;
	++*n;
	return 0;
}

static uint32_t counted(const struct u64map *m, uint64_t key)
{
	const uint32_t *n = u64map_get(m, key);

	return n ? *n : 0;
}

/* A temporary name that an interrupted rollback has left, of what will be made anew. */
static void drop_temp(struct rollback *rb, const struct plan_item *it)
{
	char temp[TEMP_MAX];
	const char *name;
	int dir;

	if (!rollback_wants_file(it) || it->staged || rollback_open(rb, it, &dir, &name) < 0)
		return;
	temp_name(temp, &rb->plan.temps, it->e->path_id);
	unlinkat(dir, temp, 0);
}

static bool stands_at(struct rollback *rb, const char *path, const struct inode *i)
{
	struct inode there;

	return inode_at(&there, &rb->plan.parents, path) == 0 && there.exists &&
		there.ino == i->ino && there.dev == i->dev;
}

static int count_names(struct rollback *rb, struct link_counts *n, const struct plan_item *it)
{
	const struct entry *e = it->e;
	int r = 0;

	if (rb->plan.resumed)
		drop_temp(rb, it);
	if (e->before.i.exists && e->before_file && !plan_same_inode(it))
		r = count(&n->lost, shared_group(e));
	if (r == 0 && it->staged)
		r = count(&n->lent, mix64(e->before_file));
	/* An excluded place gives up what goes home from there. */
	if (r == 0 && it->lends)
		r = count(&n->lent, mix64(e->file));
	/* Another comes in its place, later. */
	if (r == 0 && it->gives_way && !it->finished && stands_at(rb, e->path, &it->now))
		r = count(&n->lent, mix64(e->file));
	return r;
}

/*
 * Where a name of before has gone that is not of this plan, one of another's making
 * does not show in the count.
 */
static bool was_linked_since(struct rollback *rb, const struct plan_item *it,
	const struct inode *now)
{
	const struct plan *p = &rb->plan;
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, p->db, Q_LINKED_SINCE, "ii", plan_subject(p), it->e->path_id);

	while (r == 0 && rows_next(&rows) > 0) {
		const char *path = rows_text(&rows, 0);

		if (!entries_find(&p->all, path, strlen(path)) && stands_at(rb, path, now))
			return true;
	}
	return false;
}

/* How many names of before has the file that the run did not find, as they came back since? */
static uint32_t count_come_back(struct rollback *rb, const struct plan_item *it,
	const struct inode *now)
{
	const struct plan *p = &rb->plan;
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int64_t found_by = it->e->found_by ? it->e->found_by : p->run_id;
	int r = db_rows(&rows, p->db, Q_CAME_BACK_SINCE, "ii", found_by, it->e->path_id);
	uint32_t n = 0;

	while (r == 0 && rows_next(&rows) > 0) {
		const char *path = rows_text(&rows, 0);

		n += !entries_find(&p->all, path, strlen(path)) && stands_at(rb, path, now);
	}
	return n;
}

static bool is_shared(struct rollback *rb, const struct link_counts *n, const struct plan_item *it)
{
	const struct entry *e = it->e;
	struct inode now;
	uint64_t names, known;
	const char *name;
	int dir;

	/* A symlink whose text is not known is nothing that could be made anew. */
	if (!it->secured && !S_ISREG(e->before.i.mode))
		return false;
	if (rollback_open(rb, it, &dir, &name) < 0 ||
		inode_stat(&now, dir, name, AT_SYMLINK_NOFOLLOW) < 0 || !now.exists)
		return false;
	names = now.nlink + counted(&n->lost, shared_group(e));
	known = e->before.i.nlink + counted(&n->lent, mix64(e->before_file));
	return (names > known && names > known + count_come_back(rb, it, &now)) ||
		(now.nlink > 1 && was_linked_since(rb, it, &now));
}

int shared_find(struct rollback *rb)
{
	struct link_counts n = { { 0 }, { 0 } };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < rb->plan.all.count; i++)
		r = count_names(rb, &n, &rb->plan.items[i]);
	for (i = 0; r == 0 && i < rb->plan.all.count; i++) {
		struct plan_item *it = &rb->plan.items[i];

		it->shared = rollback_wants_file(it) && !it->finished &&
			rollback_goes_in_place(it) && is_shared(rb, &n, it);
	}
	u64map_release(&n.lost);
	u64map_release(&n.lent);
	return r;
}
