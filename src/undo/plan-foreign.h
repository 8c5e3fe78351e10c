/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_PLAN_FOREIGN_H
#define UNDO_PLAN_FOREIGN_H
/* What was there before the run, and would lose its last names by the undo, is refused. */
#include "undo/plan.h"

/* Both: 1, something was refused; 0, nothing; or -ENOMEM. */

/* Of what was judged, and has no home on record. */
int plan_spare_foreign(struct plan *p) MUST_CHECK;
/* Of what has one, and does not come there: after its means were found. */
int plan_spare_last(struct plan *p) MUST_CHECK;

#endif
