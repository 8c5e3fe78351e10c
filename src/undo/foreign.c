/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/foreign.h"

#include "base/parents.h"

static bool stands(const char *path)
{
	struct parents parents = PARENTS_INIT;
	struct inode now;
	int r = inode_at(&now, &parents, path);

	parents_forget(&parents);
	return r == 0 && now.exists && !S_ISDIR(now.mode);
}

static bool has_home(struct db *db, int64_t subject, const struct entry *e)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, db, Q_LINKED_FROM, "ii", subject, e->path_id);

	while (r == 0 && rows_next(&rows) > 0)
		if (rows_int(&rows, 1) || stands(rows_text(&rows, 0)))
			return true;
	return false;
}

/* A snapshot's files have the times of birth of those that they are copies of. */
static bool is_of_snapshot(struct db *db, int64_t subject, const struct inode *now)
{
	return db_int(db, Q_NEW_SUBVOLUME, 0, "ii", subject, (int64_t)now->dev);
}

bool foreign_is(struct db *db, int64_t subject, const struct entry *e, const struct inode *now,
	int64_t started_ns)
{
	bool same = e->before.i.exists && e->before.i.ino == now->ino &&
		(e->before.i.mode & S_IFMT) == (now->mode & S_IFMT);

	return now->exists && !same && !S_ISDIR(now->mode) && now->nlink == 1 &&
		inode_born_by(now, started_ns) && !has_home(db, subject, e) &&
		!is_of_snapshot(db, subject, now);
}
