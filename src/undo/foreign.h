/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_FOREIGN_H
#define UNDO_FOREIGN_H
#include "undo/entry.h"

/*
 * Is what stands there now something that was born before the run began, and has it no other name
 * than those, `names`, that it is to lose? Then it is not of the run's making, whatever is on
 * record: the moves of a run's last moment may be missing when its recorder was killed, or the run
 * gave it this name beside one that somebody has taken away since. Not so where it, or its like, is
 * at home again. subject: the run, or install.
 */
bool foreign_is(struct db *db, int64_t subject, const struct entry *e, const struct inode *now,
	int64_t started_ns, uint32_t names);

#endif
