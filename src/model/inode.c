/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/inode.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/io.h"
#include "base/mix.h"
#include "base/parents.h"
#include "model/births.h"

/* Some file systems have later times than 64 bits of nanoseconds: these end in the year 2262. */
static int64_t ns(const struct statx_timestamp *t)
{
	const int64_t most = INT64_MAX / 1000000000 - 1;

	if (t->tv_sec > most || t->tv_sec < -most)
		return (t->tv_sec < 0 ? -most : most) * 1000000000;
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static void from_statx(struct inode *i, const struct statx *x)
{
	i->exists = true;
	i->mode = x->stx_mode;
	i->uid = x->stx_uid;
	i->gid = x->stx_gid;
	i->nlink = x->stx_nlink;
	i->size = x->stx_size;
	i->dev = makedev(x->stx_dev_major, x->stx_dev_minor);
	i->ino = x->stx_ino;
	i->rdev = makedev(x->stx_rdev_major, x->stx_rdev_minor);
#ifdef STATX_MNT_ID
	i->mount = x->stx_mask & STATX_MNT_ID ? x->stx_mnt_id : 0;
#else
	i->mount = 0;
#endif
	i->mtime_ns = ns(&x->stx_mtime);
	i->ctime_ns = ns(&x->stx_ctime);
	i->birth_ns = x->stx_mask & STATX_BTIME ? ns(&x->stx_btime) : 0;
}

#define STATX_MASK (STATX_BASIC_STATS | STATX_BTIME | 0x1000U /* STATX_MNT_ID */)

static int stat_now(struct statx *x, int dirfd, const char *path, int flags)
{
	return statx(dirfd, path, flags | AT_NO_AUTOMOUNT, STATX_MASK, x) < 0 ? -errno : 0;
}

/* A canonical name may be longer than a call takes. */
static int stat_long(struct statx *x, const char *path, int flags)
{
	struct parents parents = PARENTS_INIT;
	const char *name;
	int dir, r = parents_open(&parents, path, &dir, &name);

	if (r == 0)
		r = stat_now(x, dir, name, flags);
	parents_forget(&parents);
	return r;
}

int inode_stat(struct inode *i, int dirfd, const char *path, int flags)
{
	struct statx x;
	int r = stat_now(&x, dirfd, path, flags);

	if (r == -ENAMETOOLONG && dirfd == AT_FDCWD && strlen(path) >= PATH_MAX)
		r = stat_long(&x, path, flags);
	if (r == 0)
		from_statx(i, &x);
	else
		memset(i, 0, sizeof *i);
	if (i->birth_ns && !births_are_true(i->dev, i->ino, dirfd, path, flags))
		i->birth_ns = 0;
	return r == -ENOENT || r == -ENOTDIR ? 0 : r;
}

int inode_at(struct inode *i, struct parents *parents, const char *path)
{
	const char *name;
	int dir, r = parents_open(parents, path, &dir, &name);

	*i = (struct inode){ 0 };
	return r < 0 ? r : inode_stat(i, dir, name, AT_SYMLINK_NOFOLLOW);
}

bool inode_is_like(const struct inode *a, const struct inode *b)
{
	bool holds = S_ISREG(a->mode) || S_ISLNK(a->mode);

	return a->exists && b->exists && (a->mode & S_IFMT) == (b->mode & S_IFMT) &&
		(!holds || (a->size == b->size && a->mtime_ns == b->mtime_ns));
}

bool inode_stands_still(const struct inode *now, const struct inode *was)
{
	if (!now->exists || !was->exists)
		return now->exists == was->exists;
	return now->ino == was->ino && now->dev == was->dev && inode_is_like(now, was) &&
		(S_ISDIR(now->mode) || now->mode == was->mode);
}

bool inode_is_device(const struct inode *i)
{
	return S_ISCHR(i->mode) || S_ISBLK(i->mode);
}

bool inode_stands_at(const struct inode *i, const char *path, int flags)
{
	struct inode there;

	return inode_stat(&there, AT_FDCWD, path, flags) == 0 && there.exists &&
		inode_identity(&there) == inode_identity(i);
}

uint64_t inode_place(const struct inode *i)
{
	return mix64(i->ino ^ (i->dev << 40));
}

uint64_t inode_identity(const struct inode *i)
{
	return mix64(inode_place(i) + (uint64_t)i->birth_ns);
}

/* A clock that was wrong may have stamped it with a time that is yet to come: nobody just now. */
bool inode_born_since(const struct inode *i, int64_t ns)
{
	return i->birth_ns > ns && i->birth_ns <= io_now_ns();
}

bool inode_born_by(const struct inode *i, int64_t ns)
{
	return i->birth_ns && !inode_born_since(i, ns);
}
