/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/plan-borrow.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/*
 * What the run has only moved has the attributes that it had:
 * they are on record where it stands now.
 */
static int borrow_attributes(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->all.count; i++) {
		struct side *b = &p->all.e[i].before;
		const struct plan_item *from =
			plan_item_at(p, &p->carried, p->all.e[i].before_file);

		if (!b->i.exists || b->has_xattrs || !from || !from->e->after.has_xattrs)
			continue;
		buf_add(&b->xattrs, from->e->after.xattrs.data, from->e->after.xattrs.len);
		if (b->xattrs.failed)
			return -ENOMEM;
		b->has_xattrs = true;
	}
	return 0;
}

/* Of what has its old content there need be no digest but that of what it was left as. */
static void borrow_digests(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->all.count; i++) {
		struct entry *e = &p->all.e[i];

		if (e->before.has_hash || !e->after.has_hash || e->content_changed != 0 ||
			!S_ISREG(e->before.i.mode) || !S_ISREG(e->after.i.mode))
			continue;
		memcpy(e->before.hash, e->after.hash, SHA256_LEN);
		e->before.has_hash = true;
	}
}

/* Of what a run left as it was there may be no digest; but who changed it later took one. */
static int borrow_later_digest(struct plan *p, struct entry *e)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r;

	if (e->content_changed != 0 || e->before.has_hash || e->after.has_hash ||
		!S_ISREG(e->before.i.mode) || !S_ISREG(e->after.i.mode))
		return 0;
	r = db_rows(&rows, p->db, Q_LATER_CONTENT, "ii", e->path_id, p->run_id);
	if (r == 0 && (r = rows_next(&rows)) > 0) {
		memcpy(e->before.hash, rows_blob(&rows, 0), SHA256_LEN);
		memcpy(e->after.hash, e->before.hash, SHA256_LEN);
		e->before.has_hash = e->after.has_hash = true;
	}
	return r < 0 ? r : 0;
}

/*
 * What a run only carried elsewhere it did not keep; but who changed it there later had to. Of an
 * install life.c knows that.
 */
int plan_borrow_found(const struct plan *p, const struct plan_item *it)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	struct entry *e = it->e;
	const struct plan_item *from = plan_item_at(p, &p->carried, e->before_file);
	const struct inode *b = &e->before.i;
	int r;

	if (p->install || !from || from == it || !S_ISREG(b->mode) || e->before.has_hash ||
		e->keep != KEEP_NONE)
		return 0;
	r = db_rows(&rows, p->db, Q_LATER_FOUND, "iiiii", from->e->path_id, p->run_id,
		(int64_t)b->ino, (int64_t)b->size, b->mtime_ns);
	if (r == 0 && (r = rows_next(&rows)) > 0) {
		memcpy(e->before.hash, rows_blob(&rows, 0), SHA256_LEN);
		e->before.has_hash = true;
		e->keep = KEEP_WHOLE;
	}
	return r < 0 ? r : 0;
}

int plan_borrow(struct plan *p)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && !p->install && i < p->all.count; i++)
		r = borrow_later_digest(p, &p->all.e[i]);
	borrow_digests(p);
	return r == 0 ? borrow_attributes(p) : r;
}
