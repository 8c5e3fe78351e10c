/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_MISSING_H
#define UNDO_MISSING_H
/*
 * Folders that have gone since. What was taken out of one comes back, and needs
 * it: whoever made the folder may have been uninstalled while it was empty, or
 * another run took it away for that.
 */
#include "base/parents.h"
#include "undo/entry.h"

/*
 * Adds those that entries come back into, as they were when they were last known: entries that are
 * as_needed. So become those that are if_empty and have gone. of_run: by whose number the undo
 * goes; resumed: it may have made some of them. all stays sorted. 0 or -errno.
 */
int missing_add(struct entries *all, struct db *db, struct parents *parents, int64_t of_run,
	bool resumed) MUST_CHECK;

#endif
