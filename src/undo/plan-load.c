/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/plan-load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "undo/journal.h"
#include "undo/life.h"
#include "undo/missing.h"
#include "undo/numbers.h"
#include "undo/plan-borrow.h"

/* Of the names of one file the one that is furthest counts. */
static bool begins_more(const struct plan *p, const struct u64map *begun, const struct entry *e)
{
	const struct plan_item *other = plan_item_at(p, begun, e->before_file);

	return !other || other->e->begun < e->begun;
}

static int load(struct plan *p, int64_t superseded_by)
{
	int r;

	p->started_ns = db_int(p->db, Q_RUN_STARTED, 0, "i", p->run_id);
	p->temps = (struct temps){ p->run_id, p->started_ns };
	if (p->install)
		return life_load(&p->all, p->db, p->install, p->run_id, superseded_by,
			&p->started_ns);
	r = entries_load(&p->all, p->db, p->run_id);
	return r == 0 ? life_below(&p->all, p->db, p->run_id) : r;
}

/* What is in an excluded place may be gone, and is nobody's: it counts where no other has it. */
static bool is_carrier(const struct plan *p, const struct entry *e)
{
	return e->after.i.exists && !(e->excluded && plan_item_at(p, &p->carried, e->file));
}

/* The same of where it stood before. */
static bool is_home(const struct plan *p, const struct entry *e)
{
	return e->before.i.exists &&
		(!e->excluded || (entry_has_left(e) && !plan_home(p, e->before_file)));
}

int plan_index(struct plan *p)
{
	size_t i;
	int r = 0;

	p->items = calloc(p->all.count + 1, sizeof *p->items);
	if (!p->items)
		return -ENOMEM;
	for (i = 0; r == 0 && i < p->all.count; i++) {
		struct entry *e = &p->all.e[i];

		p->items[i].e = e;
		if (is_carrier(p, e))
			r = numbers_put(&p->carried, e->file, i);
		if (r == 0 && is_home(p, e))
			r = numbers_put(&p->homes, e->before_file, i);
	}
	return r;
}

/* What is half-written under one name is so under all names of the file. */
static int spread_begun(struct plan *p)
{
	_cleanup_(u64map_release) struct u64map begun = { 0 };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < p->all.count; i++) {
		const struct entry *e = &p->all.e[i];

		if (e->begun && e->begun < BEGUN_GONE && begins_more(p, &begun, e))
			r = numbers_put(&begun, e->before_file, i);
	}
	for (i = 0; r == 0 && i < p->all.count; i++) {
		const struct plan_item *other = plan_item_at(p, &begun, p->all.e[i].before_file);

		if (other && other->e->begun > p->all.e[i].begun)
			p->all.e[i].begun = other->e->begun;
	}
	return r;
}

static int open_objects(struct plan *p)
{
	_cleanup_free_ char *folder = NULL;

	if (asprintf(&folder, "%s.d", db_path(p->db)) < 0)
		return -ENOMEM;
	p->objects = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return 0;
}

int plan_make(struct plan *p, struct db *db, int64_t subject, const struct ba_undo *how,
	bool resumed)
{
	int r;

	*p = (struct plan){ .db = db,
		.run_id = journal_run(db, subject),
		.install = subject < 0 ? subject : 0,
		.force = how->force,
		.resumed = resumed,
		.objects = -1,
		.parents = PARENTS_INIT };
	r = load(p, how->superseded_by);
	if (r == 0)
		r = missing_add(&p->all, db, &p->parents, p->run_id, resumed);
	if (r == 0)
		r = open_objects(p);
	if (r == 0)
		r = plan_index(p);
	if (r == 0)
		r = spread_begun(p);
	return r == 0 ? plan_borrow(p) : r;
}
