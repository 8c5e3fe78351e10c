/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_ANEW_H
#define STORE_ANEW_H
/*
 * A run whose processes outlive its command is settled more than once. What it can have changed
 * since the last time is looked at anew: what was told of since, by its path or by another name
 * of the same file, and files that one of its processes could write then without a call that is
 * told. All else that the disk shows otherwise by now is somebody else's doing.
 */
#include "base/cleanup.h"
#include "base/u64map.h"
#include "model/inode.h"

struct anew {
	bool settled;          /* once; before that nothing is noted, and all is looked at */
	struct u64map paths;   /* told of since */
	struct u64map files;   /* by the run's numbers */
	struct u64map held;    /* open for writing at the last settling; by inode_place() */
	struct u64map holding; /* at this one */
};

/* Each is told of; NULL and 0 are none. 0 or -ENOMEM. */
int anew_path(struct anew *a, const char *path) MUST_CHECK;
int anew_file(struct anew *a, uint32_t file) MUST_CHECK;

/* May the run have put something else at the path? */
bool anew_has_path(const struct anew *a, const char *path);
/* May it have changed this file, whose numbers are those of `now`, wherever it stands? */
bool anew_has_file(const struct anew *a, uint32_t file, const struct inode *now);

/* The disk is about to be looked at, with processes living on: what can they write? 0 or -errno. */
int anew_begin(struct anew *a) MUST_CHECK;
/* It was. */
void anew_end(struct anew *a);
void anew_release(struct anew *a);

#endif
