/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRY_COMMIT_BACK_H
#define TRY_COMMIT_BACK_H
#include "base/log.h"
#include "store/sql.h"

/*
 * What a commit of run_id's scene that did not come to its end has changed is taken back, by what
 * takes back a run; then folders get the times that they had, and its record goes. *commit_id is
 * its number, 0: there was none. 0, or -errno with a sentence.
 */
int commit_take_back(struct db *db, int64_t run_id, int64_t *commit_id,
	struct words *words) MUST_CHECK;

#endif
