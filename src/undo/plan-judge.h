/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_PLAN_JUDGE_H
#define UNDO_PLAN_JUDGE_H
/* Each place as it is now, held against the record: what judgement.h has to know. */
#include "undo/plan.h"

/* Looks at each place, and so which file system is which now. 0 or -ENOMEM. */
int plan_look(struct plan *p) MUST_CHECK;
/* Holds item i against what is there; when all are, plan-means.h goes on. */
void plan_judge(struct plan *p, size_t i);

#endif
