/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/links.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/mix.h"
#include "model/names.h"

struct linked {
	char *path;
	struct inode before;
	int64_t file;
	struct linked *next;
};

struct search {
	struct writer *w;
	const struct linked *of;
	unsigned int names; /* that it has now, as one of them shows; 0: none was found */
};

static int add_entry(const char *path, const struct inode *now, void *data)
{
	struct search *s = data;
	const struct inode *b = &s->of->before;
	int64_t v[] = { b->mode, b->uid, b->gid, (int64_t)b->size, b->mtime_ns, b->ctime_ns,
		(int64_t)b->dev, (int64_t)b->ino, b->nlink, (int64_t)b->rdev };
	int64_t id = writer_path_id(s->w, path, strlen(path));
	int r;

	s->names = now->nlink;
	if (id < 0)
		return (int)id;
	if (db_int(s->w->db, Q_ENTRY_KNOWN, 0, "ii", s->w->run_id, id))
		return (int)now->nlink;
	r = db_run(s->w->db, Q_ENTRY_ADD, "iiiiIIIIIIIIIIi", s->w->run_id, id,
		(int64_t)scope_excludes(s->w->scope, path), (int64_t)0, &v[0], &v[1], &v[2], &v[3], &v[4],
		&v[5], &v[6], &v[7], &v[8], &v[9], s->of->file);
	if (r == 0)
		r = db_run(s->w->db, Q_ENTRY_PLACE, "iii", s->w->run_id, id, s->of->file);
	if (r == 0)
		r = db_run(s->w->db, Q_ALIAS_ADD, "iii", s->w->run_id, s->of->file, id);
	return r < 0 ? r : (int)now->nlink;
}

/* How many names it has now against how many were found. 0 or -errno. */
static int complete(struct writer *w, const struct linked *l)
{
	struct search s = { w, l, 0 };
	int found = names_near(l->path, l->before.dev, l->before.ino, l->before.nlink, add_entry, &s);

	if (found < 0)
		return found;
	if ((unsigned int)found < s.names)
		writer_note(w, "a file with several hard links was changed in place, and not all of its "
			       "names were found: those are not in the manifest");
	return 0;
}

static void linked_free(struct linked *l)
{
	while (l) {
		struct linked *next = l->next;

		free(l->path);
		free(l);
		l = next;
	}
}

/* One name for each inode that was changed in place is enough to start from. */
static int read_linked(struct writer *w, struct linked **out)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	struct u64map seen = { 0 };
	int r = db_rows(&rows, w->db, Q_ENTRY_LINKED, "i", w->run_id);

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		int64_t dev = rows_int(&rows, 2), ino = rows_int(&rows, 3), file = rows_int(&rows, 11);
		struct linked *l;
		bool added;

		r = 0;
		if (file >= (int64_t)w->in_place.count || !w->in_place.ids[file] ||
			!u64map_put(&seen, mix64((uint64_t)ino ^ (uint64_t)dev << 40), &added) || !added)
			continue;
		l = calloc(1, sizeof *l);
		if (!l)
			break;
		l->path = strdup(rows_text(&rows, 1));
		l->file = file;
		l->before = (struct inode){ .exists = true, .dev = (uint64_t)dev, .ino = (uint64_t)ino,
			.nlink = (uint32_t)rows_int(&rows, 4), .mode = (uint32_t)rows_int(&rows, 5),
			.uid = (uint32_t)rows_int(&rows, 6), .gid = (uint32_t)rows_int(&rows, 7),
			.size = (uint64_t)rows_int(&rows, 8), .mtime_ns = rows_int(&rows, 9),
			.ctime_ns = rows_int(&rows, 10) };
		l->next = *out;
		*out = l;
	}
	u64map_release(&seen);
	return r;
}

int links_complete(struct writer *w)
{
	struct linked *all = NULL, *l;
	int r = read_linked(w, &all);

	if (r == 0 && all)
		r = writer_begin(w);
	for (l = all; r == 0 && l; l = l->next)
		r = l->path ? complete(w, l) : -ENOMEM;
	if (r == 0 && all)
		r = writer_commit(w);
	linked_free(all);
	return r;
}
