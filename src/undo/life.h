/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_LIFE_H
#define UNDO_LIFE_H
/*
 * What all runs of an install have come to, path by path, as if one run had
 * done it: so an install is taken back by what takes back a run.
 */
#include "undo/entry.h"

/*
 * of_run: the run by whose number an undo of the install goes. superseded_by: only what that run
 * of it made stale (query STALE); 0: all. *started_ns is when the first of the runs began that
 * have part in it. 0 or -errno.
 */
int life_load(struct entries *out, struct db *db, int64_t install_id, int64_t of_run,
	int64_t superseded_by, int64_t *started_ns) MUST_CHECK;
/*
 * What of it an install had made where nothing was, in JSON: [[the last run, the path's row], ...].
 * 0 or -errno.
 */
int life_created(struct buf *json, struct db *db, int64_t install_id, int64_t of_run,
	int64_t superseded_by) MUST_CHECK;
/*
 * Of a run, for its rollback: where what it found has been taken back since, as by an uninstall of
 * the other install that it was of, it is to give back what was there before that. 0 or -errno.
 */
int life_below(struct entries *all, struct db *db, int64_t run_id) MUST_CHECK;

#endif
