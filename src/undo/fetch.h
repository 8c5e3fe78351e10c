/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_FETCH_H
#define UNDO_FETCH_H
/*
 * What the run carried elsewhere is fetched home under a temporary name, before
 * anything is taken out: from there it gets its own by one rename.
 */
#include "undo/rollback-item.h"

/*
 * What stands at `it`, `name` in dir, has to make way: for each place
 * that it is the original of it is put aside.
 */
int fetch_park(struct rollback *rb, const struct plan_item *it, int dir,
	const char *name) MUST_CHECK;
/* What cannot be fetched, and is not kept either, is refused, and told. */
void fetch_all(struct rollback *rb);
/*
 * All is in its place: no temporary name stays, and nothing in an
 * excluded place that came home from there.
 */
void fetch_end(struct rollback *rb);

#endif
