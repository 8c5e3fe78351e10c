/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_UNLOCK_H
#define UNDO_UNLOCK_H
/*
 * An ordinary user may own folders in which nothing can be changed, since they have no right to be
 * written: `chmod -R a-w`, Go's module cache. For an undo they get it, and lose it again in the
 * end; which had it not is on disk before, for the case that we die between.
 */
#include <stdbool.h>

#include "undo/journal.h"

/* May it be written as soon as it is unlocked? */
bool unlock_helps(int dir);
/*
 * The folder of path, which is open as dir, may be written if that is up to us. 0; or -errno of
 * the record: what may not be written says so itself.
 */
int unlock_folder(struct journal *j, int dir, const char *path) MUST_CHECK;
/* All that were are as they were, those of an undo that was interrupted, too. 0 or -errno. */
int lock_folders(struct journal *j) MUST_CHECK;

#endif
