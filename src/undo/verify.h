/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_VERIFY_H
#define UNDO_VERIFY_H
/* What a run left is held against what is there now; nothing is changed. */
#include "base/log.h"
#include "buildaudit.h"
#include "store/sql.h"

/* How many paths differ; each is told. Or -errno, with a sentence. */
int undo_verify(struct db *db, int64_t run_id,
	void (*tell)(const struct ba_difference *d, void *data), ba_progress progress, void *data,
	struct words *words) MUST_CHECK;

#endif
