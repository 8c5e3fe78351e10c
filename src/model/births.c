/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/births.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"

#define BCACHEFS_MAGIC 0xca451a4eU
#define ZFS_MAGIC 0x2fc12fc1U
#define KNOWN 8

enum births { FALSE_ONES, TRUE_ONES, TRUE_OF_UPPER };

struct known {
	uint64_t dev;
	enum births births;
};

static atomic_uint mounts_seen;
static bool in_layers;
static _Thread_local struct known known[KNOWN];
static _Thread_local unsigned int count, mounts_known;

static enum births births_of(const struct statfs *fs)
{
	static const unsigned long types[] = { TMPFS_MAGIC, RAMFS_MAGIC, BTRFS_SUPER_MAGIC,
		BCACHEFS_MAGIC, ZFS_MAGIC };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if ((unsigned long)fs->f_type == types[i])
			return TRUE_ONES;
	return in_layers && (unsigned long)fs->f_type == OVERLAYFS_SUPER_MAGIC ? TRUE_OF_UPPER :
										 FALSE_ONES;
}

static bool are_true(enum births births, uint64_t ino)
{
	return births == TRUE_ONES || (births == TRUE_OF_UPPER && !(ino >> 32));
}

/* A descriptor that is meant itself (AT_EMPTY_PATH) is asked as it is. 0 or -1. */
static int read_type(int dirfd, const char *path, int flags, struct statfs *fs)
{
	int follow = flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0;
	_cleanup_close_ int fd = *path ? openat(dirfd, path, O_PATH | O_CLOEXEC | follow) : -1;

	return fstatfs(*path ? fd : dirfd, fs);
}

bool births_are_true(uint64_t dev, uint64_t ino, int dirfd, const char *path, int flags)
{
	unsigned int i, seen = atomic_load(&mounts_seen);
	struct statfs fs;

	/* Those of a disk are; of what has no device of its own, some. */
	if (major(dev))
		return true;
	if (mounts_known != seen)
		count = 0;
	mounts_known = seen;
	for (i = 0; i < count && i < KNOWN; i++)
		if (known[i].dev == dev)
			return are_true(known[i].births, ino);
	if (read_type(dirfd, path, flags, &fs) < 0)
		return false;
	i = count++ % KNOWN;
	known[i] = (struct known){ dev, births_of(&fs) };
	return are_true(known[i].births, ino);
}

void births_in_layers(void)
{
	in_layers = true;
	births_forget();
}

void births_forget(void)
{
	atomic_fetch_add(&mounts_seen, 1);
}
