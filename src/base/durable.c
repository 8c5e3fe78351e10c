/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"
#include "base/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/io.h"

#define SYS_CACHESTAT 451 /* newer than the headers of many systems */

int durable_sync(int fd)
{
	return fsync(fd) < 0 ? -errno : 0;
}

/* linux/mman.h: struct cachestat_range and struct cachestat. */
struct range {
	uint64_t from, length; /* 0: to the end */
};
struct pages {
	uint64_t cached, dirty, writeback, evicted, recently_evicted;
};

int durable_data(int fd)
{
	struct range all = { 0, 0 };
	struct pages p;

	if (syscall(SYS_CACHESTAT, fd, &all, &p, 0) == 0 && !p.dirty && !p.writeback)
		return 0;
	return fdatasync(fd) < 0 ? -errno : 0;
}

int durable_write(int fd, const void *data, size_t n)
{
	int r = io_write_all(fd, data, n);

	return r == 0 ? durable_sync(fd) : r;
}

/* ext4 has one only if the journal's thread says so: /proc/fs/jbd2/NAME-8. */
static bool has_journal(dev_t dev)
{
	char link[64], target[PATH_MAX], path[PATH_MAX + 32];
	const char *name;

	snprintf(link, sizeof link, "/sys/dev/block/%u:%u", major(dev), minor(dev));
	if (io_readlink(link, target) < 0 || !(name = strrchr(target, '/')))
		return false;
	snprintf(path, sizeof path, "/proc/fs/jbd2/%s-8", name + 1);
	return access(path, F_OK) == 0;
}

bool durable_in_order(int fd)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return false;
	if (fs.f_type == EXT4_SUPER_MAGIC)
		return has_journal(st.st_dev);
	return fs.f_type == XFS_SUPER_MAGIC || fs.f_type == TMPFS_MAGIC;
}

int durable_add(struct durable_set *set, int dir)
{
	struct stat st;
	_cleanup_close_ int fd = -1;
	size_t i;

	if (fstat(dir, &st) < 0)
		return -errno;
	for (i = 0; i < set->count; i++)
		if (set->each[i].dev == st.st_dev)
			return 0;
	/* syncfs(2) wants one that can be read; where none is to be had, sync(2) has to do. */
	fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno != EACCES)
		return -errno;
	if (!ARRAY_MORE(set->each, set->count))
		return -ENOMEM;
	set->each[set->count - 1].dev = st.st_dev;
	set->each[set->count - 1].fd = STEAL_FD(fd);
	return 0;
}

int durable_sync_all(const struct durable_set *set)
{
	size_t i;
	int r = 0;

	for (i = 0; i < set->count; i++) {
		if (set->each[i].fd < 0)
			sync();
		else if (syncfs(set->each[i].fd) < 0 && r == 0)
			r = -errno;
	}
	return r;
}

void durable_release(struct durable_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		cleanup_closep(&set->each[i].fd);
	free(set->each);
	*set = (struct durable_set){ 0 };
}
