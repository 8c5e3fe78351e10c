/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_DEVICES_H
#define STORE_DEVICES_H
/*
 * A file system's number (st_dev) is given when it is mounted: after a boot,
 * on another loop device, with LVM, btrfs or NFS it is another one, and the
 * inodes are the same. What is found in its place tells which is which now.
 */
#include "base/cleanup.h"
#include "model/inode.h"

struct device {
	uint64_t then, now;
	unsigned int votes;
};

struct devices {
	struct device *each;
	size_t count;
};

/* What was recorded so stands in its place as `now`. 0 or -ENOMEM. */
int devices_see(struct devices *d, const struct inode *recorded,
	const struct inode *now) MUST_CHECK;
/* Gives a recorded inode the number that its file system has now, if that is known. */
void devices_translate(const struct devices *d, struct inode *recorded);
void devices_release(struct devices *d);

#endif
