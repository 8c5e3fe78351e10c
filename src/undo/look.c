/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/look.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/ids.h"
#include "base/io.h"
#include "base/xattrs.h"

static unsigned int content(int dir, const char *name, const struct inode *now,
	const struct side *want)
{
	_cleanup_close_ int fd = io_open_content(dir, name);
	unsigned char hash[SHA256_LEN];
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return BA_DIFFERS_UNREADABLE;
	if (st.st_ino != now->ino || st.st_dev != now->dev)
		return BA_DIFFERS_CONTENT; /* it was replaced just now */
	if (digest_sha256(fd, hash) < 0)
		return BA_DIFFERS_UNREADABLE;
	return memcmp(hash, want->hash, SHA256_LEN) ? BA_DIFFERS_CONTENT : 0;
}

static int read_target(int dir, const char *name, char target[PATH_MAX])
{
	ssize_t n = readlinkat(dir, name, target, PATH_MAX - 1);

	if (n < 0)
		return -errno;
	target[n] = '\0';
	return 0;
}

static int read_xattrs(int dir, const char *name, struct buf *out)
{
	char path[64 + NAME_MAX];

	snprintf(path, sizeof path, "/proc/self/fd/%d/%s", dir, name);
	return xattrs_read(path, false, out);
}

static unsigned int link_target(int dir, const char *name, const struct side *want)
{
	char target[PATH_MAX];

	if (read_target(dir, name, target) < 0)
		return BA_DIFFERS_UNREADABLE;
	return want->target && strcmp(want->target, target) ? BA_DIFFERS_LINK : 0;
}

static unsigned int xattrs(int dir, const char *name, const struct side *want)
{
	_cleanup_buf_ struct buf now = BUF_INIT;

	if (read_xattrs(dir, name, &now) < 0)
		return BA_DIFFERS_UNREADABLE;
	return now.len != want->xattrs.len ||
			(now.len && memcmp(now.data, want->xattrs.data, now.len)) ?
		BA_DIFFERS_XATTRS :
		0;
}

static unsigned int owner(const struct inode *now, const struct inode *want)
{
	unsigned int d = 0;

	/* A symlink's mode is always the same; what the kernel shows of it is not. */
	if (!S_ISLNK(now->mode) && (now->mode & 07777) != (want->mode & 07777))
		d |= BA_DIFFERS_MODE;
	if (now->uid != want->uid && ids_user(want->uid) != (uid_t)-1)
		d |= BA_DIFFERS_USER;
	if (now->gid != want->gid && ids_group(want->gid) != (gid_t)-1)
		d |= BA_DIFFERS_GROUP;
	return d;
}

unsigned int look_differs(int dir, const char *name, const struct inode *now,
	const struct side *want, unsigned int mask)
{
	const struct inode *w = &want->i;
	unsigned int d = 0;

	if (!now->exists || !w->exists)
		return now->exists ? BA_DIFFERS_PRESENT : w->exists ? BA_DIFFERS_MISSING : 0;
	if ((now->mode & S_IFMT) != (w->mode & S_IFMT))
		return BA_DIFFERS_TYPE;
	d = owner(now, w) & mask;
	/* A folder's own time and size say only that its entries changed. */
	if (!S_ISDIR(now->mode) && now->mtime_ns != w->mtime_ns)
		d |= BA_DIFFERS_TIME & mask;
	if (S_ISREG(now->mode) && now->size != w->size)
		d |= (BA_DIFFERS_SIZE | (want->has_hash ? BA_DIFFERS_CONTENT : 0)) & mask;
	else if (S_ISREG(now->mode) && want->has_hash && (mask & BA_DIFFERS_CONTENT))
		d |= content(dir, name, now, want);
	if (S_ISLNK(now->mode) && (mask & BA_DIFFERS_LINK))
		d |= link_target(dir, name, want);
	if (inode_is_device(now) && now->rdev != w->rdev)
		d |= BA_DIFFERS_DEVICE & mask;
	if (want->has_xattrs && (mask & BA_DIFFERS_XATTRS))
		d |= xattrs(dir, name, want);
	return d;
}

bool look_stands_still(const struct inode *was, int dir, const char *name)
{
	struct inode now;

	return inode_stat(&now, dir, name, AT_SYMLINK_NOFOLLOW) == 0 &&
		inode_stands_still(&now, was);
}

bool look_same_content(const char *one, const char *other)
{
	_cleanup_close_ int a = io_open_content(AT_FDCWD, one);
	_cleanup_close_ int b = io_open_content(AT_FDCWD, other);
	unsigned char first[SHA256_LEN], second[SHA256_LEN];

	return a >= 0 && b >= 0 && digest_sha256(a, first) == 0 && digest_sha256(b, second) == 0 &&
		!memcmp(first, second, SHA256_LEN);
}

int look_read(struct parents *parents, const char *path, struct side *s)
{
	char target[PATH_MAX];
	const char *name;
	int dir, r = parents_open(parents, path, &dir, &name);

	if (r == 0)
		r = inode_stat(&s->i, dir, name, AT_SYMLINK_NOFOLLOW);
	if (r < 0 || !s->i.exists)
		return r;
	if (S_ISLNK(s->i.mode)) {
		r = read_target(dir, name, target);
		s->target = r == 0 ? strdup(target) : NULL;
		r = r == 0 && !s->target ? -ENOMEM : r;
	}
	if (r == 0)
		r = read_xattrs(dir, name, &s->xattrs);
	s->has_xattrs = r == 0;
	return r;
}
