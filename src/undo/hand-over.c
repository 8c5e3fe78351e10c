/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/hand-over.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "store/sql.h"

/* No other command needs them, and each would pay for them when it opens the database. */
int hand_over_views(struct db *db)
{
	static const enum query views[] = { Q_VIEW_FOUND_LEFT, Q_VIEW_FOUND_UNDONE, Q_VIEW_HAND };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < ARRAY_SIZE(views); i++)
		r = db_run(db, views[i], "");
	return r;
}

static int hand_all(struct db *db, int64_t run_id)
{
	static const enum query by_files[] = { Q_HAND_KEPT, Q_HAND_PLACE, Q_HAND_SINCE };
	static const enum query by_paths[] = { Q_HAND_LEFT, Q_HAND_ORIGINALS, Q_HAND_FOUND,
		Q_HAND_NAMES };
	size_t i;
	int r = db_run(db, Q_HAND_CLEAR, "");

	if (r == 0)
		r = db_run(db, Q_HAND_FILES, "i", run_id);
	for (i = 0; r == 0 && i < ARRAY_SIZE(by_files); i++)
		r = db_run(db, by_files[i], "");
	for (i = 0; r == 0 && i < ARRAY_SIZE(by_paths); i++)
		r = db_run(db, by_paths[i], "i", run_id);
	return r;
}

/* Those that it is handed over to count anew what they changed. */
int hand_over(struct db *db, int64_t run_id)
{
	_cleanup_free_ int64_t *heirs = NULL;
	size_t i, count = 0;
	int r = hand_over_views(db);

	if (r == 0)
		r = db_list(db, Q_HAND_HEIRS, run_id, &heirs, &count);
	if (r == 0)
		r = hand_all(db, run_id);
	for (i = 0; r == 0 && i < count; i++)
		r = db_run(db, Q_RUN_COUNTS, "i", heirs[i]);
	return r;
}
