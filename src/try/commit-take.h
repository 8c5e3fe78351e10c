/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRY_COMMIT_TAKE_H
#define TRY_COMMIT_TAKE_H
/* The runs of a scene become what they would be if they had been no try. */
#include "store/run.h"
#include "try/commit-plan.h"

/*
 * Is what the commit has left, says its record, what the commands had? 0; or -EUCLEAN with a
 * sentence; or -errno.
 */
int commit_verify(const struct commit_plan *p, const struct run *commit,
	struct words *words) MUST_CHECK;
/*
 * What the commit found and left goes to the runs, with the originals that it kept; what was given
 * up is no part of them. They own their paths, and have no scene any more. All in the transaction
 * of `commit`, which keeps nothing of it. 0 or -errno.
 */
int commit_take(const struct commit_plan *p, struct run *commit) MUST_CHECK;

#endif
