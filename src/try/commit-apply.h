/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRY_COMMIT_APPLY_H
#define TRY_COMMIT_APPLY_H
/*
 * Makes everything so, in an order in which nobody finds half of a file under its name, and
 * nothing is taken away while it is needed:
 *
 *   make    all that is new, under temporary names, with its attributes; and that is on disk
 *   place   each by one rename
 *   remove  what goes, from the bottom up; then what stood in the way of a file is none any more
 *   change  what stays the same file: its content, its attributes
 *   dress   folders get their attributes and their times
 *
 * It is on record before (commit-ahead.h).
 */
#include "base/log.h"
#include "buildaudit.h"
#include "try/commit-ahead.h"
#include "try/commit-plan.h"

/* On disk when this returns. 0; or -errno with a sentence: what was done has to be taken back. */
int commit_apply(struct commit_plan *p, struct commit_ahead *ahead, const struct ba_commit *how,
	struct words *words) MUST_CHECK;

#endif
