/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_FOREIGN_H
#define UNDO_FOREIGN_H
#include "undo/entry.h"

/*
 * Is what stands there now the last name of something that was born before the
 * run began? Then it is not of the run's making, whatever is on record: the
 * moves of a run's last moment may be missing when its recorder was killed.
 * Not so where the run gave it this name beside one that stayed, and something
 * stands there still: it was replaced there since. subject: the run, or install.
 */
bool foreign_is(struct db *db, int64_t subject, const struct entry *e, const struct inode *now,
	int64_t started_ns);

#endif
