/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/owned.h"

#include "store/open.h"

int owned_forget(struct db *db, int64_t run_id)
{
	int r = db_run(db, Q_OWNER_PASS_ON, "i", run_id);

	return r < 0 ? r : db_run(db, Q_OWNER_DROP, "i", run_id);
}

int owned_take(struct db *db, int64_t run_id)
{
	int r = db_views(db);

	/* A run that goes on may have lost what it had when it was looked at last. */
	if (r == 0)
		r = owned_forget(db, run_id);
	if (r == 0)
		r = db_run(db, Q_OWNER_REMOVED, "i", run_id);
	return r < 0 ? r : db_run(db, Q_OWNER_TAKE, "i", run_id);
}

bool owned_any(struct db *db, int64_t run_id)
{
	return db_int(db, Q_OWNS_ANY, 1, "i", run_id);
}

int owned_release(struct db *db, int64_t path_id, int64_t subject_id, int64_t undo_id)
{
	int r = db_run(db, Q_ENTRY_UNDONE, "iii", path_id, subject_id, undo_id);

	if (r == 0)
		r = db_run(db, Q_OWNER_DROP_PATH, "i", path_id);
	return r < 0 ? r : db_run(db, Q_OWNER_OF_PATH, "i", path_id);
}

int owned_give_up(struct db *db, int64_t subject_id, int64_t undo_id)
{
	return db_run(db, Q_ENTRY_GIVE_UP, "ii", subject_id, undo_id);
}
