/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRY_COMMIT_AHEAD_H
#define TRY_COMMIT_AHEAD_H
/*
 * The record of a commit, written before anything is done: what stands at each place, what is
 * going to, under temporary names, too, and the originals of all that is going to be lost. So
 * there is no moment whose changes are on nobody's record, whatever is killed.
 */
#include "model/keep.h"
#include "store/hands.h"
#include "try/commit-plan.h"
#include "undo/journal.h"

struct commit_ahead {
	struct journal *journal;
	struct keeper keeper;
	struct hands hands;     /* of what will be changed where it stands */
	struct u64map kept;     /* files whose original is there */
};

#define COMMIT_AHEAD_INIT { .keeper = { .dir = -1, .lock = -1, .receipts = -1 } }

/*
 * All of it, on disk when this returns. 0; -EIO or the like with a sentence: an original cannot be
 * kept, say, and nothing was changed. commit_ahead_release() in any case.
 */
int commit_ahead(struct commit_ahead *a, struct commit_plan *p, struct journal *j,
	struct words *words) MUST_CHECK;
/*
 * The same of what is written as it stands, before that begins: until then what has become of such
 * a file is somebody else's doing. 0 or -errno.
 */
int commit_ahead_writes(struct commit_ahead *a, const struct commit_plan *p) MUST_CHECK;
/* It failed: what it had not come to is no part of it. 0 or -errno. */
int commit_ahead_unsay(struct commit_ahead *a, const struct commit_plan *p) MUST_CHECK;
/*
 * What stands at the item, `name` in dir, is about to go: where it is its own kept original, nobody
 * comes to it from here to commit_ahead_settle(), or it is one no more. 0; -ESTALE: it was written
 * to since it was kept; or -errno.
 */
int commit_ahead_hold(const struct commit_ahead *a, const struct commit_item *it, int dir,
	const char *name, int *held) MUST_CHECK;
/* It has gone, or, r: why not. Returns that, or why it is not kept any more. */
int commit_ahead_settle(struct commit_ahead *a, const struct commit_item *it, int r,
	int *held) MUST_CHECK;
/* Says that we are alive, and for how long, with that item to write; now and then. */
void commit_ahead_beat(const struct commit_ahead *a, const struct commit_item *it);
void commit_ahead_release(struct commit_ahead *a);

#endif
