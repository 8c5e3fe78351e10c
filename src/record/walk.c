/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"

bool walk_path(struct buf *out, const char *folder, const struct walk_entry *e)
{
	buf_reset(out);
	buf_addf(out, "%s/%s", folder, e->rel);
	return !out->failed;
}

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
	struct walk_entry *e = ARRAY_MORE(w->entries, w->count);

	if (!e)
		return -ENOMEM;
	e->now = *now;
	e->rel = strdup(rel->data);
	return e->rel ? 0 : -ENOMEM;
}

/* Adds what is in the folder `rel` below `top`; "" is top itself. */
static int read_folder(struct walk *w, const char *top, const char *rel)
{
	_cleanup_(cleanup_closedirp) DIR *d = NULL;
	_cleanup_buf_ struct buf name = BUF_INIT;
	struct dirent *e;
	int r = 0;

	buf_addf(&name, "%s/%s", top, rel);
	if (name.failed)
		return -ENOMEM;
	d = io_opendir(AT_FDCWD, name.data);
	if (!d)
		w->incomplete = true;
	while (d && r == 0 && (e = readdir(d))) {
		struct inode now;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (inode_stat(&now, dirfd(d), e->d_name, AT_SYMLINK_NOFOLLOW) < 0 || !now.exists)
			continue;
		buf_reset(&name);
		buf_addf(&name, "%s%s%s", rel, *rel ? "/" : "", e->d_name);
		r = name.failed ? -ENOMEM : add(w, &name, &now);
	}
	return r;
}

/* One folder is open at a time, however deep the tree is: descriptors may be few. */
int walk_below(struct walk *w, const char *folder)
{
	struct inode top;
	size_t i;
	int r;

	if (inode_stat(&top, AT_FDCWD, folder, AT_SYMLINK_NOFOLLOW) < 0 || !top.exists)
		return 0;
	r = read_folder(w, folder, "");
	for (i = 0; r == 0 && i < w->count; i++) {
		_cleanup_free_ char *rel = NULL;

		if (!S_ISDIR(w->entries[i].now.mode) || w->entries[i].now.mount != top.mount)
			continue;
		rel = strdup(w->entries[i].rel); /* entries move as they grow */
		r = rel ? read_folder(w, folder, rel) : -ENOMEM;
	}
	return r;
}
