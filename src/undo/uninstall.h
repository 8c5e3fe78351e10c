/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_UNINSTALL_H
#define UNDO_UNINSTALL_H
/* What a run created is taken out, and nothing else. */
#include "base/log.h"
#include "buildaudit.h"
#include "store/sql.h"

/* 0, or -errno with a sentence. What it could not do to a path is in the result. */
int undo_uninstall(struct db *db, int64_t run_id, const struct ba_undo *how,
	struct ba_undone *result, struct words *words) MUST_CHECK;

#endif
