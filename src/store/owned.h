/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_OWNED_H
#define STORE_OWNED_H
/*
 * Whose each path is: the newest command's that left it and whose change of it
 * nobody took back. The table is kept in step with the runs here; each call is
 * part of the caller's transaction. 0 or -errno.
 */
#include <stdbool.h>

#include "store/sql.h"

/* The run was held against the disk, for the first time or again. */
int owned_take(struct db *db, int64_t run_id) MUST_CHECK;
/* Has the install of a run anything? Else there is nothing that the run could have left alone. */
bool owned_any(struct db *db, int64_t run_id);
/*
 * An undo took back what the run, or all runs of an install (a number below
 * 0), had done to a path: it goes to who had it before.
 */
int owned_release(struct db *db, int64_t path_id, int64_t subject_id, int64_t undo_id) MUST_CHECK;
/* And that was all of it: what others have had since is given up. */
int owned_give_up(struct db *db, int64_t subject_id, int64_t undo_id) MUST_CHECK;
/* The run is about to be forgotten. */
int owned_forget(struct db *db, int64_t run_id) MUST_CHECK;

#endif
