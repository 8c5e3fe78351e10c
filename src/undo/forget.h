/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_FORGET_H
#define UNDO_FORGET_H
/* A run goes, and what is kept for it alone. */
#include <stdbool.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "buildaudit.h"
#include "store/sql.h"

/* -EBUSY: an undo reads it, or has to be finished. */
int undo_forget(struct db *db, int64_t run_id, struct ba_forgotten *f,
	struct words *words) MUST_CHECK;
/* Did one that was killed leave something to sweep? Then this ends it. */
bool forget_is_due(struct db *db);
void forget_sweep(struct db *db);

#endif
