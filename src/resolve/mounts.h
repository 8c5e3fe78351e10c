/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RESOLVE_MOUNTS_H
#define RESOLVE_MOUNTS_H
/*
 * Mounts that the run makes. A file is reached through them by names that the
 * file tree does not have before and after the run: a bind mount, a mount
 * namespace with another root. What the manifest wants is the name that the
 * file had when the run began.
 *
 * Each mount shows one folder (root) of one file system (dev) at a place
 * (point). So a name is turned into one inside its file system, by the mounts
 * that are now, and back into a name by the mounts that were at the start.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "model/inode.h"

struct mount_row;

struct mount_table {
	struct mount_row *rows;
	size_t count;
};

struct mounts {
	bool active; /* the run has asked for a mount, a root or a namespace */
	/*
	 * former: unmounted perhaps, and still somebody's working folder; told: when
	 * mounts_next_changed() came to its end last, nothing before that
	 */
	struct mount_table start, now, former, told;
};

void mounts_release(struct mounts *m);
/* Task `tid` is about to change mounts, for the first or a later time. */
void mounts_begin(struct mounts *m, pid_t tid);
/* It has: what is known of them is asked anew. */
void mounts_changed(struct mounts *m);
/*
 * `path`, where task `tid` finds the file `at`, becomes what it was called at
 * the start. 0 also where nothing is known; -ENODEV when no name of ours ever
 * leads there: a file system that the run has mounted in a namespace of its own.
 */
int mounts_translate(struct mounts *m, pid_t tid, const struct inode *at, struct buf *path);
/* Is path, a name of ours, on a file system that was not mounted there at the start? */
bool mounts_cover(struct mounts *m, const char *path);

/* Where the file system that path is on is mounted now: "" is "/". */
const char *mounts_point(struct mounts *m, const char *path);

/*
 * The next folder of ours, after the first *at of all that are known, where another file system
 * is mounted, or none, than when this was asked last, or at the start. NULL: no more.
 */
const char *mounts_next_changed(struct mounts *m, size_t *at);

#endif
