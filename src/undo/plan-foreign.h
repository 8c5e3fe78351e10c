/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_PLAN_FOREIGN_H
#define UNDO_PLAN_FOREIGN_H
/* What was there before the run, and would lose its last names by the undo, is refused. */
#include "undo/plan.h"

/* Of all that was judged. 0 or -ENOMEM. */
int plan_spare_foreign(struct plan *p) MUST_CHECK;

/*
 * Of what has a home on record, to which it does not come: after its means were found. 1: something
 * was refused; 0, or -ENOMEM.
 */
int plan_spare_last(struct plan *p) MUST_CHECK;

#endif
