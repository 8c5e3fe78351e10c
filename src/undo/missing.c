/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/missing.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/mix.h"
#include "base/u64map.h"

struct missing {
	struct entries *all;
	size_t count; /* of those that were there, and are sorted */
	struct db *db;
	struct parents *parents;
	int64_t of_run;
	bool resumed;
	struct u64map seen; /* folders */
};

static struct entry *known(struct missing *s, const char *path)
{
	const struct entries sorted = { s->all->e, s->count };

	return entries_find(&sorted, path, strlen(path));
}

static bool is_missing(struct missing *s, const char *path)
{
	struct inode now;
	int r = inode_at(&now, s->parents, path);

	return r == -ENOENT || (r == 0 && !now.exists);
}

/* As it was last: 1; 0: nobody knows what it was like; or -errno. */
static int read_last(struct missing *s, const char *path, struct entry *e)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, s->db, Q_FOLDER_LAST, "si", path, s->of_run);

	if (r == 0)
		r = rows_next(&rows);
	if (r > 0)
		r = entry_read(e, &rows) < 0 ? -ENOMEM : 1;
	return r;
}

static int add_folder(struct missing *s, const char *path)
{
	struct entry last, *e;
	int r = read_last(s, path, &last);

	if (r <= 0)
		return r;
	e = ARRAY_MORE(s->all->e, s->all->count);
	if (!e) {
		entry_release(&last);
		return -ENOMEM;
	}
	*e = last;
	e->as_needed = true;
	return 0;
}

/* The install had made it, and then put something else in its place. */
static int make_again(struct missing *s, const char *path, struct entry *e)
{
	struct entry last;
	int r = read_last(s, path, &last);

	if (r <= 0)
		return r;
	e->before = last.before;
	last.before = (struct side){ 0 };
	entry_release(&last);
	e->change = CHANGE_MODIFIED;
	e->as_needed = true;
	return 0;
}

/* One that the install had made, and that somebody took away since. */
static void make_needed(struct entry *e)
{
	e->before = e->after;
	e->after = (struct side){ 0 };
	e->file = 0;
	e->change = CHANGE_REMOVED;
	e->as_needed = true;
}

static int look_at(struct missing *s, const char *path, bool *added)
{
	struct entry *e = known(s, path);
	bool made = e && e->if_empty && e->change == CHANGE_CREATED;

	if (!u64map_put(&s->seen, mix_bytes(path, strlen(path)), added))
		return -ENOMEM;
	if (*added && made && e->after.i.exists && !S_ISDIR(e->after.i.mode))
		return make_again(s, path, e);
	if (*added && made && (e->begun || is_missing(s, path)))
		make_needed(e);
	if (!*added || e || (!s->resumed && !is_missing(s, path)))
		return 0;
	return add_folder(s, path);
}

/* All that is above path, from below, as far as that has not been looked at. */
static int look_above(struct missing *s, const char *path)
{
	_cleanup_free_ char *folder = strdup(path);
	bool added = true;
	char *slash;
	int r = folder ? 0 : -ENOMEM;

	while (r == 0 && added && (slash = strrchr(folder, '/')) != folder) {
		*slash = '\0';
		r = look_at(s, folder, &added);
	}
	return r;
}

/* May something have to come back there, and cannot as it is? */
static bool wants_folder(struct missing *s, const struct entry *e)
{
	const char *name;
	int dir, r = s->resumed ? -ENOENT : parents_open(s->parents, e->path, &dir, &name);

	return e->before.i.exists && (r == -ENOENT || r == -ELOOP);
}

int missing_add(struct entries *all, struct db *db, struct parents *parents, int64_t of_run,
	bool resumed)
{
	struct missing s = { all, all->count, db, parents, of_run, resumed, { 0 } };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < s.count; i++)
		if (wants_folder(&s, &all->e[i]))
			r = look_above(&s, all->e[i].path);
	u64map_release(&s.seen);
	entries_sort(all);
	return r;
}
