/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/remove.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"

bool remove_is_mount_point(int dir, const char *name)
{
	struct statx x;

	return statx(dir, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE, &x) == 0 &&
		(x.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) &&
		(x.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

int remove_entry(struct parents *parents, const char *path, const struct inode *now)
{
	struct inode there;
	const char *name;
	int dir, r = parents_open(parents, path, &dir, &name);

	if (r == 0)
		r = inode_stat(&there, dir, name, AT_SYMLINK_NOFOLLOW);
	if (r < 0)
		return r;
	if (!there.exists)
		return -ENOENT;
	if (!inode_stands_still(&there, now))
		return -ESTALE;
	if (remove_is_mount_point(dir, name))
		return -EBUSY;
	return unlinkat(dir, name, S_ISDIR(there.mode) ? AT_REMOVEDIR : 0) < 0 ? -errno : 0;
}

bool remove_leaves(struct parents *parents, const char *folder,
	bool (*goes)(const void *data, const char *path, size_t len), const void *data)
{
	_cleanup_buf_ struct buf path = BUF_INIT;
	_cleanup_(cleanup_closedirp) DIR *d = NULL;
	const struct dirent *e;
	const char *name;
	int dir;

	if (parents_open(parents, folder, &dir, &name) == 0)
		d = io_opendir(dir, name);
	while (d && (e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		buf_reset(&path);
		buf_addf(&path, "%s/%s", folder, e->d_name);
		if (path.failed || !goes(data, path.data, path.len))
			return true;
	}
	return false;
}

const char *remove_reason(int error)
{
	switch (-error) {
	case ENOTEMPTY:
	case EEXIST:
		return "not empty";
	case EBUSY:
		return "a mount point";
	case ESTALE:
		return "changed just now";
	case ELOOP:
		return "a folder above it is a symlink, or no folder, now";
	default:
		return strerror(-error);
	}
}
