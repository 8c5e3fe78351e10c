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

/* In this order: what they found is asked for before it is another. */
static int hand_all(struct db *db, int64_t run_id)
{
	static const struct {
		enum query query;
		bool of_run; /* it asks whose; else the numbers of files know */
	} steps[] = {
		{ Q_HAND_CLEAR, false },
		{ Q_HAND_FILES, true },
		{ Q_HAND_TOPS, true },
		{ Q_HAND_KEPT, false },
		{ Q_HAND_PLACE, false },
		{ Q_HAND_SINCE, false },
		{ Q_HAND_LEFT, true },
		{ Q_HAND_ORIGINALS, true },
		{ Q_HAND_LINKS, true },
		{ Q_HAND_CARRIED_ON, true },
		{ Q_HAND_KEPT_OF_THEM, true },
		{ Q_HAND_HOME, true },
		{ Q_HAND_PLACE_LEFT, true },
		{ Q_HAND_ALIASES, false },
		{ Q_HAND_FOUND, true },
		{ Q_HAND_NAMES, true },
		{ Q_HAND_SEEN, true },
	};
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < ARRAY_SIZE(steps); i++)
		r = steps[i].of_run ? db_run(db, steps[i].query, "i", run_id) :
				      db_run(db, steps[i].query, "");
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
