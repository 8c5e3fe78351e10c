/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_DURABLE_H
#define BASE_DURABLE_H
/*
 * What is on the disk, and stays there when the power goes.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/* fsync(2) of a file, or of a folder for the names in it. 0 or -errno. */
int durable_sync(int fd) MUST_CHECK;
/*
 * The content of a file is on disk; nothing is waited for when the page cache
 * has nothing to write (cachestat(2), Linux 6.5). 0 or -errno.
 */
int durable_data(int fd) MUST_CHECK;
/* Writes n bytes, and flushes them. 0 or -errno. */
int durable_write(int fd, const void *data, size_t n) MUST_CHECK;
/*
 * Is fd on a file system whose journal keeps the steps of names in their
 * order: what is done later is never on disk without what was done before?
 * ext3 and ext4 with a journal, XFS; and tmpfs, where nothing survives. Not
 * btrfs, whose fsync(2) may bring one name to disk before an older one.
 */
bool durable_in_order(int fd);

/* The file systems that something was done on. */
struct durable_set {
	struct { unsigned long long dev; int fd; } *each;
	size_t count;
};
/* Adds the one that the folder dir (O_PATH will do) is on. 0 or -errno. */
int durable_add(struct durable_set *set, int dir) MUST_CHECK;
/* syncfs(2) of each: all that was done on them is on disk. 0 or the first -errno. */
int durable_sync_all(const struct durable_set *set) MUST_CHECK;
void durable_release(struct durable_set *set);

#endif
