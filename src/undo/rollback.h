/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_ROLLBACK_H
#define UNDO_ROLLBACK_H
/* All is put back as it was before a run. */
#include "base/log.h"
#include "base/u64map.h"
#include "buildaudit.h"
#include "store/sql.h"

/*
 * 0, or -errno with a sentence. What it could not do to a path is in the result. ahead: of several
 * runs that are rolled back together, newest first, one for all (ahead.h); NULL: it is alone.
 */
int undo_rollback(struct db *db, int64_t subject, const char *kind, const struct ba_undo *how,
	struct u64map *ahead, struct ba_undone *result, struct words *words) MUST_CHECK;

#endif
