/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_MOUNTED_H
#define STORE_MOUNTED_H
/*
 * Which file systems a run changed something on, and where they are mounted. An undo that finds
 * another one there, or none, would take what it sees for what the run left, or had removed, and
 * put back on the one what was on the other.
 */
#include "base/log.h"
#include "store/run.h"

/* What is mounted as it begins: names on record are of these. 0 or -errno. */
int mounted_begin(struct run *run) MUST_CHECK;
/* What the run itself has mounted there, if it has. 0 or -errno. */
int mounted_add(struct run *run, const char *point) MUST_CHECK;
/* It was held against the disk: those that it changed nothing on go. 0 or -errno. */
int mounted_settle(struct run *run) MUST_CHECK;
/*
 * Is this process where the run was: are its names of this root, and its file systems where they
 * were? Nothing is asked where nothing of it is to be taken back. 0 or -errno, with a sentence.
 */
int mounted_check(struct db *db, int64_t run_id, struct words *words) MUST_CHECK;

#endif
