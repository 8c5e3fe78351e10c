/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/indexes.h"
#include "base/parents.h"
#include "undo/look.h"

/* dpkg and tar put a file there with the whole seconds of its time, and so it is no other. */
static bool is_cut(const struct inode *now, const struct inode *left)
{
	return now->mtime_ns % 1000000000 == 0 &&
		now->mtime_ns == left->mtime_ns - left->mtime_ns % 1000000000;
}

static unsigned int look(struct parents *parents, const struct entry *e)
{
	struct inode now = { 0 };
	const char *name;
	unsigned int mask = DIFFERS_ALL;
	int dir, r = parents_open(parents, e->path, &dir, &name);

	if (r == 0)
		r = inode_stat(&now, dir, name, AT_SYMLINK_NOFOLLOW);
	if (r == -ELOOP)
		return e->after.i.exists ? BA_DIFFERS_MISSING | BA_DIFFERS_BLOCKED : 0;
	if (r < 0 && r != -ENOENT)
		return BA_DIFFERS_UNREADABLE;
	if (is_cut(&now, &e->after.i))
		mask &= ~(unsigned int)BA_DIFFERS_TIME;
	if (index_of(e->path))
		mask &= ~(unsigned int)(BA_DIFFERS_SIZE | BA_DIFFERS_CONTENT | BA_DIFFERS_TIME);
	return look_differs(r < 0 ? -1 : dir, name, &now, &e->after, mask);
}

int undo_verify(struct db *db, int64_t run_id,
	void (*tell)(const struct ba_difference *d, void *data), ba_progress progress, void *data,
	struct words *words)
{
	struct parents parents = PARENTS_INIT;
	struct entries all = { 0 };
	int count = 0, r = entries_load(&all, db, run_id);
	size_t i;

	if (r < 0)
		return words_set(words, r, "%s: %s", db_path(db),
			r == -ENOMEM ? "out of memory" : db_error(db));
	for (i = 0; i < all.count; i++) {
		const struct entry *e = &all.e[i];
		struct ba_difference d = { .path = e->path,
			.type = type_name(e->after.i.exists ? e->after.i.mode : e->before.i.mode) };

		if (progress)
			progress(i, all.count, data);
		if (e->excluded)
			continue;
		d.differs = look(&parents, e);
		if (!d.differs)
			continue;
		/* what an install has now nobody has changed later, on record */
		if (run_id > 0)
			d.later_run = db_int(db, Q_LATER_RUN, 0, "ii", e->path_id, run_id);
		tell(&d, data);
		count++;
	}
	if (progress)
		progress(all.count, all.count, data);
	parents_forget(&parents);
	entries_release(&all);
	return count;
}
