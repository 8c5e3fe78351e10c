/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_ROLLBACK_ITEM_H
#define UNDO_ROLLBACK_ITEM_H
/* A rollback under way, and what its parts do to one item of its plan. */
#include "base/durable.h"
#include "undo/journal.h"
#include "undo/plan.h"
#include "undo/teller.h"

struct rollback {
	struct plan plan;
	struct teller teller;
	size_t to_do; /* what the plan has found is to be taken back */
	const char *kind; /* what it is called: an install's may be an uninstall */
	struct journal journal;
	struct u64map *ahead; /* one of several runs (ahead.h); or NULL */
	/* a file's number -> 1 + an item where it stands again, for its other names */
	struct u64map anchors;
	struct u64map written; /* the files, by inode_place(), that this rollback has written */
	struct durable_set touched;
	bool locked; /* nothing is made or taken away any more (unlock.h) */
	int error; /* the first failure to record what was done */
};

/* It is done with: what became of it is told. */
void rollback_tell(struct rollback *rb, struct plan_item *it, enum ba_did did, const char *reason);
/* The same, and on record: it is as it was before the run; or, of what the run made, it is gone. */
void rollback_restored(struct rollback *rb, struct plan_item *it);
void rollback_removed(struct rollback *rb, struct plan_item *it);
/* -errno in words. */
const char *rollback_reason(int error);
/* parents_open() of an item, where something will be changed. */
int rollback_open(struct rollback *rb, const struct plan_item *it, int *dir,
	const char **name) MUST_CHECK;
/* Does that file stand at a name, whatever has become of it? */
bool rollback_is_at(const struct inode *is, int dir, const char *name);
/*
 * Whoever has written to what stands at a name, put another there, or something where nothing
 * was, after it was looked at, keeps it: -ESTALE. 0 or -errno.
 */
int rollback_check(struct rollback *rb, const struct inode *was, int dir,
	const char *name) MUST_CHECK;
/* From now on the file is another than was looked at by our own hand. 0 or -ENOMEM. */
int rollback_writes(struct rollback *rb, const struct inode *i) MUST_CHECK;
/* What stands there stays, and nothing of it had begun. */
void rollback_kept(struct rollback *rb, struct plan_item *it, const char *reason);
/* Has something to be there that is no folder; a folder? */
bool rollback_wants_file(const struct plan_item *it);
bool rollback_wants_dir(const struct plan_item *it);
/*
 * Can it be written where it stands: since it is the same file still,
 * and more than its content hangs on that?
 */
bool rollback_goes_in_place(const struct plan_item *it);

#endif
