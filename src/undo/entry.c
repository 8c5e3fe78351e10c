/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/entry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

void entry_release_side(struct side *s)
{
	free(s->target);
	buf_release(&s->xattrs);
	*s = (struct side){ 0 };
}

bool entry_has_left(const struct entry *e)
{
	return e->before.i.exists && e->before_file &&
		!(e->after.i.exists && e->file == e->before_file);
}

void entry_release(struct entry *e)
{
	free(e->home);
	free(e->path);
	entry_release_side(&e->before);
	entry_release_side(&e->after);
	*e = (struct entry){ 0 };
}

void entries_release(struct entries *all)
{
	size_t i;

	for (i = 0; i < all->count; i++)
		entry_release(&all->e[i]);
	free(all->e);
	*all = (struct entries){ 0 };
}

/* The columns of ENTRIES; of a side, where it begins. */
enum entry_column {
	COLUMN_PATH_ID,
	COLUMN_PATH,
	COLUMN_CHANGE,
	COLUMN_EXCLUDED,
	COLUMN_LATE,
	COLUMN_HIDDEN,
	COLUMN_CONTENT_CHANGED,
	COLUMN_KEEP,
	COLUMN_FILE,
	COLUMN_BEFORE_FILE,
	COLUMN_BEGUN,
	COLUMN_BEFORE,
	SIDE_SHA256 = INODE_COLUMNS,
	SIDE_TARGET,
	SIDE_XATTRS,
	SIDE_COLUMNS,
	COLUMN_AFTER = COLUMN_BEFORE + SIDE_COLUMNS,
	COLUMN_SINCE = COLUMN_AFTER + SIDE_COLUMNS,
};
_Static_assert(COLUMN_SINCE + 1 == ENTRY_COLUMNS, "entry.h counts them");

static int read_side(struct side *s, const struct rows *rows, int at)
{
	int sha256 = at + SIDE_SHA256, target = at + SIDE_TARGET, xattrs = at + SIDE_XATTRS;

	rows_inode(rows, at, &s->i);
	if (!s->i.exists)
		return 0;
	if (rows_bytes(rows, sha256) == SHA256_LEN) {
		s->has_hash = true;
		memcpy(s->hash, rows_blob(rows, sha256), SHA256_LEN);
	}
	if (rows_type(rows, target) != ROWS_NULL && !(s->target = strdup(rows_text(rows, target))))
		return -ENOMEM;
	if (rows_type(rows, xattrs) != ROWS_NULL) {
		s->has_xattrs = true;
		buf_add(&s->xattrs, rows_blob(rows, xattrs), (size_t)rows_bytes(rows, xattrs));
	}
	return s->xattrs.failed ? -ENOMEM : 0;
}

static enum change change_of(const char *word)
{
	return *word == 'c' ? CHANGE_CREATED : *word == 'm' ? CHANGE_MODIFIED : CHANGE_REMOVED;
}

int entry_read(struct entry *e, const struct rows *rows)
{
	int r;

	*e = (struct entry){ .path_id = rows_int(rows, COLUMN_PATH_ID),
		.path = strdup(rows_text(rows, COLUMN_PATH)),
		.change = change_of(rows_text(rows, COLUMN_CHANGE)),
		.excluded = rows_int(rows, COLUMN_EXCLUDED),
		.late = rows_int(rows, COLUMN_LATE),
		.hidden = rows_int(rows, COLUMN_HIDDEN),
		.content_changed = rows_type(rows, COLUMN_CONTENT_CHANGED) == ROWS_NULL ?
			-1 :
			(int)rows_int(rows, COLUMN_CONTENT_CHANGED),
		.keep = (enum keep)rows_int(rows, COLUMN_KEEP),
		.file = (uint32_t)rows_int(rows, COLUMN_FILE),
		.before_file = (uint32_t)rows_int(rows, COLUMN_BEFORE_FILE),
		.begun = (enum begun)rows_int(rows, COLUMN_BEGUN),
		.since_ns = rows_int(rows, COLUMN_SINCE) };
	r = e->path ? read_side(&e->before, rows, COLUMN_BEFORE) : -ENOMEM;
	if (r == 0)
		r = read_side(&e->after, rows, COLUMN_AFTER);
	if (r < 0)
		entry_release(e);
	return r;
}

static int by_path(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return strcmp(x->path, y->path);
}

void entries_sort(struct entries *all)
{
	if (all->count)
		qsort(all->e, all->count, sizeof *all->e, by_path);
}

int entries_load(struct entries *out, struct db *db, int64_t run_id)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	struct entries all = { 0 };
	int r = db_rows(&rows, db, Q_ENTRIES, "i", run_id);

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		struct entry *e = ARRAY_MORE(all.e, all.count);

		r = e ? entry_read(e, &rows) : -ENOMEM;
		if (e && r < 0)
			all.count--;
	}
	if (r < 0) {
		entries_release(&all);
		return r;
	}
	entries_sort(&all);
	*out = all;
	return 0;
}

struct entry *entries_find(const struct entries *all, const char *path, size_t n)
{
	size_t low = 0, high = all->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = strncmp(all->e[middle].path, path, n);

		if (c == 0 && all->e[middle].path[n])
			c = 1;
		if (c == 0)
			return &all->e[middle];
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

struct entry *entries_above(const struct entries *all, const char *path)
{
	size_t n = strlen(path);

	while (n > 1) {
		struct entry *e;

		while (n > 0 && path[n - 1] != '/')
			n--;
		if (n < 2)
			return NULL;
		e = entries_find(all, path, --n);
		if (e)
			return e;
	}
	return NULL;
}

const char *type_name(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "dir";
	case S_IFLNK:
		return "symlink";
	case S_IFIFO:
		return "fifo";
	case S_IFSOCK:
		return "socket";
	case S_IFCHR:
		return "char";
	default:
		return "block";
	}
}
