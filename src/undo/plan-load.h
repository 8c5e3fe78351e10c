/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_PLAN_LOAD_H
#define UNDO_PLAN_LOAD_H
/* A plan from the record: nothing but folders that have gone is looked at. */
#include "undo/plan.h"

/*
 * What is on record of a run or an install; resumed: an earlier undo of it was
 * interrupted. 0 or -errno. plan_release() in any case.
 */
int plan_make(struct plan *p, struct db *db, int64_t subject, const struct ba_undo *how,
	bool resumed) MUST_CHECK;
/*
 * Of a plan that has its entries: an item for each, and by the numbers of files where each stands
 * now and where it stood before. 0 or -ENOMEM.
 */
int plan_index(struct plan *p) MUST_CHECK;

#endif
