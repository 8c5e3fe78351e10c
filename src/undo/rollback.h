/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_ROLLBACK_H
#define UNDO_ROLLBACK_H
/* What the parts of a rollback share. */
#include "base/durable.h"
#include "undo/journal.h"
#include "undo/plan.h"
#include "undo/undo.h"

struct rollback {
	struct plan plan;
	const struct undo_how *how;
	struct undo_result *result;
	struct journal journal;
	struct u64map anchors; /* a file's number -> 1 + an item where it stands again, for its other names */
	struct durable_set touched;
	uint64_t done, total;
	int error; /* the first failure to record what was done */
};

void rollback_progress(struct rollback *rb);
/* What became of an item goes to the result and to whoever asked. */
void rollback_tell(struct rollback *rb, struct plan_item *it, enum did did, const char *reason);
/* The same, and on record: it is as it was before the run. */
void rollback_restored(struct rollback *rb, struct plan_item *it);
const char *rollback_reason(int error);
/* parents_open() of an item, where something will be changed. */
int rollback_open(struct rollback *rb, const struct plan_item *it, int *dir, const char **name) MUST_CHECK;
bool rollback_wants_file(const struct plan_item *it);

#endif
