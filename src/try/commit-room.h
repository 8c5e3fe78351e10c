/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRY_COMMIT_ROOM_H
#define TRY_COMMIT_ROOM_H
/* Is there room on the disks for a commit, and for taking it back where there is not? */
#include "base/log.h"
#include "try/commit-plan.h"

/* All that will be made, before anything is. 0; -ENOSPC with a sentence; or -ENOMEM. */
int commit_room_check(struct commit_plan *p, struct words *words) MUST_CHECK;

/*
 * A file without a name beside the database, which is closed when the commit is given up: by its
 * room that is put on record, and taken back, though all else is full. A kill closes it, too.
 * *reserve is a descriptor, or -1: that file system has no such files. 0 or -ENOSPC with a
 * sentence.
 */
int commit_room_reserve(const struct commit_plan *p, int *reserve, struct words *words) MUST_CHECK;

#endif
