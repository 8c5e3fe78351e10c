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

/* Of a run that was held against the disk just now. 0 or -errno. */
int mounted_note(struct run *run) MUST_CHECK;
/*
 * May the run, or what an install's runs have changed, be taken back by this process: are its names
 * of this root, and its file systems where they were? 0 or -errno, with a sentence.
 */
int mounted_check(struct db *db, int64_t subject, struct words *words) MUST_CHECK;

#endif
