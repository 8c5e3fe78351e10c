/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRY_COMMIT_CHECK_H
#define TRY_COMMIT_CHECK_H
/* May a commit be? Only what the command found is replaced by what it left. */
#include "base/log.h"
#include "try/commit-plan.h"

/*
 * Gives a reason to each item that stands now as no command of the scene found it, and to what
 * would be torn from it. 0, -ENOMEM, or -errno of the database.
 */
int commit_check(struct commit_plan *p) MUST_CHECK;

/*
 * Leaves all out that no glob of `only` (then NULL) matches: given up; before the plan looks. What
 * hangs together cannot be torn: 0, or -EINVAL with a sentence.
 */
int commit_choose(struct commit_plan *p, const char *const *only, struct words *words) MUST_CHECK;

#endif
