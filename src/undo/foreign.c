/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/foreign.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parents.h"
#include "undo/look.h"

/*
 * Does another one stand at path that is as the file was: the one of the entry? Its own names are
 * counted. What stands there may be somebody's: who moved the file away made room for it.
 */
static bool has_like(const char *path, const struct inode *was, const struct entry *e,
	const struct inode *now)
{
	struct parents parents = PARENTS_INIT;
	struct inode there;
	int r = inode_at(&there, &parents, path);

	parents_forget(&parents);
	return r == 0 && there.exists && inode_place(&there) != inode_place(now) &&
		(there.mode & S_IFMT) == (was->mode & S_IFMT) && there.size == was->size &&
		there.mtime_ns == was->mtime_ns &&
		(!S_ISREG(now->mode) || there.size != now->size ||
			look_same_content(path, e->path));
}

static bool has_home(struct db *db, int64_t subject, const struct entry *e,
	const struct inode *now)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, db, Q_LINKED_FROM, "iiiii", subject, e->path_id, (int64_t)now->ino,
		(int64_t)now->size, now->mtime_ns);

	while (r == 0 && rows_next(&rows) > 0)
		if (rows_int(&rows, 1) || has_like(rows_text(&rows, 0), now, e, now))
			return true;
	return false;
}

/* Whoever had moved it here was taken back: it, or its like, is home again. */
static bool has_come_home(struct db *db, const struct entry *e, const struct inode *now)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, db, Q_MOVED_FROM, "ii", e->path_id, (int64_t)now->ino);

	while (r == 0 && rows_next(&rows) > 0) {
		struct inode was = *now;

		was.mode = (uint32_t)rows_int(&rows, 1);
		was.size = (uint64_t)rows_int(&rows, 2);
		was.mtime_ns = rows_int(&rows, 3);
		if (has_like(rows_text(&rows, 0), &was, e, now))
			return true;
	}
	return false;
}

/* The first folder of a Btrfs subvolume has this number, and another device than its parent. */
#define FIRST_FOLDER 256

static bool is_subvolume(const char *folder, const struct inode *file)
{
	_cleanup_free_ char *parent = strdup(folder);
	struct parents parents = PARENTS_INIT;
	struct inode here, above = { 0 };
	int r = parent ? inode_at(&here, &parents, folder) : -ENOMEM;

	if (r == 0 && here.ino == FIRST_FOLDER && here.dev == file->dev && S_ISDIR(here.mode)) {
		*strrchr(parent, '/') = '\0';
		r = inode_at(&above, &parents, *parent ? parent : "/");
	}
	parents_forget(&parents);
	return r == 0 && above.exists && above.dev != here.dev;
}

/* A snapshot that the run made: its files have the births of those that they are copies of. */
static bool is_of_snapshot(struct db *db, int64_t subject, const struct entry *e,
	const struct inode *now)
{
	_cleanup_free_ char *folder = strdup(e->path);
	char *slash;

	while (folder && (slash = strrchr(folder, '/')) && slash != folder) {
		*slash = '\0';
		if (is_subvolume(folder, now))
			return db_int(db, Q_MADE_FOLDER, 0, "is", subject, folder);
	}
	return false;
}

bool foreign_is(struct db *db, int64_t subject, const struct entry *e, const struct inode *now,
	int64_t started_ns, uint32_t names)
{
	bool same = e->before.i.exists && e->before.i.ino == now->ino &&
		(e->before.i.mode & S_IFMT) == (now->mode & S_IFMT);

	return now->exists && !same && !S_ISDIR(now->mode) && now->nlink <= names &&
		inode_born_by(now, started_ns) && !has_home(db, subject, e, now) &&
		!has_come_home(db, e, now) &&
		!is_of_snapshot(db, subject, e, now);
}
