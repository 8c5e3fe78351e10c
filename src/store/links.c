/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/links.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mix.h"

/* Folder entries looked at for one file; the kernel has no list of a file's names. */
#define BUDGET 200000

/* Folders above the known name that are searched, each with all below it. */
#define LEVELS 4

struct linked {
	char *path;
	struct inode before;
	int64_t file;
	struct linked *next;
};

struct search {
	struct writer *w;
	const struct linked *of;
	unsigned int found, wanted;
	long budget;
	int error;
};

static int add_entry(struct search *s, const char *path)
{
	const struct inode *b = &s->of->before;
	int64_t v[] = { b->mode, b->uid, b->gid, (int64_t)b->size, b->mtime_ns, b->ctime_ns,
		(int64_t)b->dev, (int64_t)b->ino, b->nlink, (int64_t)b->rdev };
	int64_t id = writer_path_id(s->w, path, strlen(path));
	int r;

	if (id < 0)
		return (int)id;
	if (db_int(s->w->db, Q_ENTRY_KNOWN, 0, "ii", s->w->run_id, id))
		return 0;
	r = db_run(s->w->db, Q_ENTRY_ADD, "iiiiIIIIIIIIIIi", s->w->run_id, id,
		(int64_t)scope_excludes(s->w->scope, path), (int64_t)0, &v[0], &v[1], &v[2], &v[3], &v[4],
		&v[5], &v[6], &v[7], &v[8], &v[9], s->of->file);
	if (r == 0)
		r = db_run(s->w->db, Q_ENTRY_PLACE, "iii", s->w->run_id, id, s->of->file);
	if (r == 0)
		r = db_run(s->w->db, Q_ALIAS_ADD, "iii", s->w->run_id, s->of->file, id);
	return r;
}

static bool done(const struct search *s)
{
	return s->found >= s->wanted || s->budget <= 0 || s->error < 0;
}

static void is_it(struct search *s, int folder, const char *name, const struct buf *path)
{
	struct inode now;

	if (inode_stat(&now, folder, name, AT_SYMLINK_NOFOLLOW) < 0 || !now.exists ||
		now.dev != s->of->before.dev || now.ino != s->of->before.ino)
		return;
	s->wanted = now.nlink;
	s->found++;
	s->error = add_entry(s, path->data);
}

static void search_below(struct search *s, int parent, const char *name, struct buf *path,
	const char *searched)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	size_t len = path->len;
	struct dirent *e;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while (!done(s) && (e = readdir(d))) {
		s->budget--;
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (len > 1)
			buf_addc(path, '/');
		buf_adds(path, e->d_name);
		if (path->failed)
			break;
		if (e->d_ino == s->of->before.ino)
			is_it(s, fd, e->d_name, path);
		else if (e->d_type == DT_DIR && strcmp(path->data, searched) && !path_is_virtual(path->data))
			search_below(s, fd, e->d_name, path, searched);
		path->len = len;
		path->data[len] = '\0';
	}
	closedir(d);
}

/* The folder of the known name, then the one above without it, and so on. */
static int search_near(struct search *s)
{
	_cleanup_buf_ struct buf folder = BUF_INIT;
	char searched[PATH_MAX] = "";
	int level;

	buf_adds(&folder, s->of->path);
	for (level = 0; level < LEVELS && !done(s); level++) {
		char *slash = folder.data ? strrchr(folder.data, '/') : NULL;

		if (!slash)
			break;
		folder.len = slash == folder.data ? 1 : (size_t)(slash - folder.data);
		folder.data[folder.len] = '\0';
		search_below(s, AT_FDCWD, folder.data, &folder, searched);
		if (folder.len == 1 || folder.len >= sizeof searched)
			break;
		memcpy(searched, folder.data, folder.len + 1);
	}
	return s->error;
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
	for (l = all; r == 0 && l; l = l->next) {
		struct search s = { .w = w, .of = l, .wanted = l->before.nlink, .budget = BUDGET };

		r = l->path ? search_near(&s) : -ENOMEM;
		if (r == 0 && s.found < s.wanted)
			writer_note(w, "a file with several hard links was changed in place, and not all of its "
				       "names were found: those are not in the manifest");
	}
	if (r == 0 && all)
		r = writer_commit(w);
	linked_free(all);
	return r;
}
