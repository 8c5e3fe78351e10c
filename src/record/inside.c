/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/inside.h"

static void expect(struct touches *t, const struct walk *w, const char *folder, bool there)
{
	static const struct inode nothing;
	_cleanup_buf_ struct buf path = BUF_INIT;
	size_t i;

	for (i = 0; i < w->count; i++)
		if (walk_path(&path, folder, &w->entries[i]))
			touches_expect(t, path.data, there ? &w->entries[i].now : &nothing);
}

static void unexpect(struct touches *t, const struct walk *w, const char *folder)
{
	_cleanup_buf_ struct buf path = BUF_INIT;
	size_t i;

	for (i = 0; i < w->count; i++)
		if (walk_path(&path, folder, &w->entries[i]))
			touches_done(t, path.data);
}

void inside_expect(struct touches *t, struct pending *p)
{
	p->expects_inside = p->named[0] && p->named[1];
	if (!p->expects_inside)
		return;
	expect(t, &p->inside[0], p->name[0].path.data, true);
	expect(t, &p->inside[1], p->name[1].path.data, true);
	expect(t, &p->inside[0], p->name[1].path.data, false);
	expect(t, &p->inside[1], p->name[0].path.data, false);
}

void inside_unexpect(struct touches *t, struct pending *p)
{
	if (!p->expects_inside)
		return;
	p->expects_inside = false;
	unexpect(t, &p->inside[0], p->name[0].path.data);
	unexpect(t, &p->inside[1], p->name[1].path.data);
	unexpect(t, &p->inside[0], p->name[1].path.data);
	unexpect(t, &p->inside[1], p->name[0].path.data);
}
