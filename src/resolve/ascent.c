/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve/ascent.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/io.h"
#include "base/proc.h"

static bool is_it(int parent, const char *name, const struct inode *child)
{
	struct inode there;

	return inode_stat(&there, parent, name, AT_SYMLINK_NOFOLLOW) == 0 && there.exists &&
		there.mount == child->mount && inode_identity(&there) == inode_identity(child);
}

/*
 * Appends the name that child has in this folder, last letter first. An entry's
 * number tells which one it is, but not where something is mounted on it.
 */
static int add_name(int parent, const struct inode *child, bool all, struct buf *backwards)
{
	DIR *d = io_opendir(parent, ".");
	int r = d ? -ENOENT : -errno;
	struct dirent *e;
	size_t n;

	while (d && r < 0 && (e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
			(!all && e->d_ino != child->ino) || !is_it(parent, e->d_name, child))
			continue;
		for (n = strlen(e->d_name); n > 0; n--)
			buf_addc(backwards, e->d_name[n - 1]);
		buf_addc(backwards, '/');
		r = 0;
	}
	if (d)
		closedir(d);
	return r;
}

/* Is its name known, or told? */
static bool begins(const struct folders *known, int fd, const struct inode *at, struct buf *out)
{
	const struct folder *d = folders_find(known, at);
	char link[PROC_PATH], path[PATH_MAX];
	ssize_t n;

	if (d) {
		buf_add(out, d->path, d->len);
		return true;
	}
	proc_fd_path(link, getpid(), fd);
	n = io_readlink(link, path);
	if (n <= 0 || path[0] != '/')
		return false;
	if (n > 1)
		buf_add(out, path, (size_t)n);
	return true;
}

/* One step up. 0, or -errno: where it ends without a name it is nobody's. */
static int step_up(int *fd, struct inode *at, struct buf *backwards)
{
	_cleanup_close_ int parent = openat(*fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct inode above;
	int r;

	if (parent < 0)
		return -errno;
	r = inode_stat(&above, parent, "", AT_EMPTY_PATH);
	if (r == 0 && inode_identity(&above) == inode_identity(at) && above.mount == at->mount)
		r = -ENOENT;
	if (r == 0)
		r = add_name(parent, at, false, backwards);
	if (r == -ENOENT)
		r = add_name(parent, at, true, backwards);
	if (r < 0)
		return r;
	drop_fd(*fd);
	*fd = STEAL_FD(parent);
	*at = above;
	return 0;
}

int ascent_name(struct folders *known, int fd, struct buf *out)
{
	_cleanup_buf_ struct buf backwards = BUF_INIT;
	_cleanup_close_ int at = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	struct inode now;
	int r = at < 0 ? -errno : inode_stat(&now, at, "", AT_EMPTY_PATH);

	while (r == 0 && !begins(known, at, &now, out))
		r = step_up(&at, &now, &backwards);
	while (r == 0 && backwards.len > 0)
		buf_addc(out, backwards.data[--backwards.len]);
	return r < 0 ? r : out->failed || backwards.failed ? -ENOMEM : 0;
}
