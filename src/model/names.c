/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/names.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/parents.h"
#include "model/scope.h"

/* Folder entries looked at for one file. */
#define BUDGET 200000

/* Folders above the known name that are searched, each with all below it. */
#define LEVELS 4

struct search {
	const struct inode *file;
	int64_t born_by;
	unsigned int count, wanted;
	long budget;
	int error;
	int (*found)(const char *path, const struct inode *now, void *data);
	void *data;
};

static bool done(const struct search *s)
{
	return s->count >= s->wanted || s->budget <= 0 || s->error < 0;
}

static bool is_it(const struct search *s, const struct inode *now)
{
	const struct inode *file = s->file;

	if (!now->exists || now->dev != file->dev || now->ino != file->ino)
		return false;
	return (!file->birth_ns || now->birth_ns == file->birth_ns) &&
		(!s->born_by || !inode_born_since(now, s->born_by));
}

static void try_name(struct search *s, int folder, const char *name, const struct buf *path)
{
	struct inode now;
	int r;

	if (inode_stat(&now, folder, name, AT_SYMLINK_NOFOLLOW) < 0 || !is_it(s, &now))
		return;
	s->count++;
	r = s->found(path->data, &now, s->data);
	if (r < 0)
		s->error = r;
	else
		s->wanted = (unsigned int)r;
}

static void search_below(struct search *s, int parent, const char *name, struct buf *path,
	const char *searched)
{
	DIR *d = io_opendir(parent, name);
	size_t len = path->len;
	struct dirent *e;

	if (!d)
		return;
	while (!done(s) && (e = readdir(d))) {
		s->budget--;
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (len > 1)
			buf_addc(path, '/');
		buf_adds(path, e->d_name);
		if (path->failed)
			break;
		if (e->d_ino == s->file->ino)
			try_name(s, dirfd(d), e->d_name, path);
		else if (e->d_type == DT_DIR && strcmp(path->data, searched) &&
			!path_is_virtual(path->data))
			search_below(s, dirfd(d), e->d_name, path, searched);
		path->len = len;
		path->data[len] = '\0';
	}
	closedir(d);
}

/*
 * A folder among those above may be a symlink by now: what is behind it has
 * other names, and is not searched under these.
 */
static void search_folder(struct search *s, struct buf *folder, const char *searched)
{
	struct parents parents = PARENTS_INIT;
	const char *name = folder->data;
	int dir = AT_FDCWD;

	if (folder->len == 1 || parents_open(&parents, folder->data, &dir, &name) == 0)
		search_below(s, dir, name, folder, searched);
	parents_forget(&parents);
}

/* The folder of the known name, then the one above without it, and so on. */
int names_near(const char *path, const struct inode *file, int64_t born_by,
	int (*found)(const char *path, const struct inode *now, void *data), void *data)
{
	struct search s = { .file = file,
		.born_by = born_by,
		.wanted = file->nlink ? file->nlink : 1,
		.budget = BUDGET,
		.found = found,
		.data = data };
	_cleanup_buf_ struct buf folder = BUF_INIT;
	_cleanup_buf_ struct buf searched = BUF_INIT;
	int level;

	buf_adds(&folder, path);
	for (level = 0; level < LEVELS && !done(&s); level++) {
		char *slash = folder.data ? strrchr(folder.data, '/') : NULL;

		if (!slash)
			break;
		folder.len = slash == folder.data ? 1 : (size_t)(slash - folder.data);
		folder.data[folder.len] = '\0';
		search_folder(&s, &folder, searched.len ? searched.data : "");
		buf_reset(&searched);
		buf_add(&searched, folder.data, folder.len);
		if (folder.len == 1 || searched.failed)
			break;
	}
	return s.error < 0 ? s.error : (int)s.count;
}
