/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRY_COMMIT_H
#define TRY_COMMIT_H
/*
 * What the commands of a scene did is done to the disk. It is a run of its own, of kind `commit`,
 * whose record is whole before anything is changed; until it has come to its end the scene is
 * there. One that was killed is a run like any that was killed: the next commit, or a discard,
 * takes it back first, by what takes back a run. At the end all that it found and kept goes to
 * the runs that were tried, which are from then on as if they had been none.
 */
#include "base/log.h"
#include "buildaudit.h"
#include "store/sql.h"

/*
 * 0: it is done, or *result says why not (differ). Or -errno with a sentence, and the disk as it
 * was before, unless that says something else. result->run_id is the commit's.
 */
int commit_scene(struct db *db, int64_t run_id, const struct ba_commit *how,
	struct ba_committed *result, struct words *words) MUST_CHECK;

#endif
