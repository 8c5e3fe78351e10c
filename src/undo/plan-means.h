/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_PLAN_MEANS_H
#define UNDO_PLAN_MEANS_H
/* With what can each be put back? And what follows from that for the others. */
#include "undo/plan.h"

/* Of all items, when each is judged: what there is of it, then plan_settle(). 0 or -ENOMEM. */
int plan_find_means(struct plan *p) MUST_CHECK;
/*
 * What one item's state makes of another's; of what stands there only the folders in the way of a
 * file are looked at. The last copy of what cannot go
 * home stays; a folder comes back only for what comes back in it, and one in which something of
 * before is does not go. 0 or -ENOMEM.
 */
int plan_settle(struct plan *p) MUST_CHECK;
/*
 * Where what stands there stood before, when it cannot go home and nobody has kept it; NULL: it
 * can, or need not.
 */
const char *plan_last_copy_of(const struct plan *p, const struct plan_item *it);
/* Is what stands at a path taken out, as far as that is known? data is the plan. */
bool plan_goes(const void *data, const char *path, size_t len);

/* Has the rollback of an earlier run put something back in the folder? It is needed for that. */
bool plan_holds_put_back(struct plan *p, const struct plan_item *it);

#endif
