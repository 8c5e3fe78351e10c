/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_PLAN_BORROW_H
#define UNDO_PLAN_BORROW_H
/* What the record does not have of one side of a path, and has of the same thing elsewhere. */
#include "undo/plan.h"

/* Digests and attributes, of all entries of a plan. 0 or -errno. */
int plan_borrow(struct plan *p) MUST_CHECK;
/* What a later run found of the file that stood there, and kept. The same. */
int plan_borrow_found(const struct plan *p, const struct plan_item *it) MUST_CHECK;

#endif
