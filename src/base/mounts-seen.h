/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_MOUNTS_SEEN_H
#define BASE_MOUNTS_SEEN_H
/*
 * What is mounted where a path can lead to it: not what lies below a later mount. Their order in
 * the list tells nothing of that, since mounts move; each one's parent does
 * (proc_pid_mountinfo(5)).
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/mountinfo.h"

struct mounts_seen {
	struct mountinfo info; /* has the text of the lines */
	struct mount_line *each;
	size_t count;
	/* Do two that can be written show one folder? Then its files have a name in each. */
	bool twice;
};
#define MOUNTS_SEEN_INIT { .info = MOUNTINFO_INIT }

/* By this process, now. Without /proc nothing is known of any. 0 or -ENOMEM. */
int mounts_seen_read(struct mounts_seen *s) MUST_CHECK;
/* What path, absolute and canonical, is on; NULL: not known. */
const struct mount_line *mounts_seen_at(const struct mounts_seen *s, const char *path);
void mounts_seen_release(struct mounts_seen *s);

#endif
