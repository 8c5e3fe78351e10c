/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"

void walk_release(struct walk *w)
{
	size_t i;

	for (i = 0; i < w->count; i++)
		free(w->entries[i].rel);
	free(w->entries);
	*w = (struct walk){ 0 };
}

static int add(struct walk *w, const struct buf *rel, const struct inode *now)
{
	if (w->count == w->room) {
		size_t room = w->room ? w->room * 2 : 64;
		struct walk_entry *e = realloc(w->entries, room * sizeof *e);

		if (!e)
			return -ENOMEM;
		w->entries = e;
		w->room = room;
	}
	w->entries[w->count].now = *now;
	w->entries[w->count].rel = strdup(rel->data);
	return w->entries[w->count++].rel ? 0 : -ENOMEM;
}

static void closedirp(DIR **d)
{
	if (*d)
		closedir(*d);
}

static int below(struct walk *w, int parent, const char *name, uint64_t mount, struct buf *rel)
{
	_cleanup_(closedirp) DIR *d = NULL;
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NOATIME);
	size_t len = rel->len;
	struct dirent *e;
	int r = 0;

	if (fd < 0)
		fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || !(d = fdopendir(fd))) {
		w->incomplete = true;
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (r == 0 && (e = readdir(d))) {
		struct inode now;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (inode_stat(&now, fd, e->d_name, AT_SYMLINK_NOFOLLOW) < 0 || !now.exists)
			continue;
		if (len)
			buf_addc(rel, '/');
		buf_adds(rel, e->d_name);
		if (rel->failed)
			return -ENOMEM;
		r = add(w, rel, &now);
		if (r == 0 && S_ISDIR(now.mode) && now.mount == mount)
			r = below(w, fd, e->d_name, mount, rel);
		rel->len = len;
		rel->data[len] = '\0';
	}
	return r;
}

int walk_below(struct walk *w, const char *folder)
{
	_cleanup_buf_ struct buf rel = BUF_INIT;
	struct inode top;

	if (inode_stat(&top, AT_FDCWD, folder, AT_SYMLINK_NOFOLLOW) < 0 || !top.exists)
		return 0;
	return below(w, AT_FDCWD, folder, top.mount, &rel);
}
