/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_HAND_OVER_H
#define UNDO_HAND_OVER_H

#include "store/open.h"

/*
 * What the undo of another run would ask of one that is to be forgotten is that
 * run's own from now on: a content that only the forgotten one had kept, the
 * names that came back, and what stood there before it if it was taken back. In
 * the caller's transaction. 0 or -errno.
 */
int hand_over(struct db *db, int64_t run_id) MUST_CHECK;
/* The temporary views that it asks. 0 or -errno. */
int hand_over_views(struct db *db) MUST_CHECK;

#endif
