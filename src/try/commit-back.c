/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "try/commit-back.h"

#include <errno.h>
#include <fcntl.h>

#include "store/open.h"
#include "store/recover.h"
#include "undo/forget.h"
#include "undo/journal.h"
#include "undo/remake.h"
#include "undo/rollback.h"

/* A rollback gives no folder its time again; of these nothing else was changed. */
static int restore_times(struct db *db, int64_t commit_id)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	struct parents parents = PARENTS_INIT;
	int r = db_rows(&rows, db, Q_COMMIT_FOLDERS, "i", commit_id);
	struct inode before, now;
	const char *name;
	int dir;

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		r = 0;
		rows_inode(&rows, 1, &before);
		if (parents_open(&parents, rows_text(&rows, 0), &dir, &name) == 0 &&
			inode_stat(&now, dir, name, AT_SYMLINK_NOFOLLOW) == 0 && now.exists &&
			S_ISDIR(now.mode) && now.ino == before.ino)
			IGNORE(remake_time(dir, name, &now, before.mtime_ns)); /* a time only */
	}
	parents_forget(&parents);
	return r;
}

static int roll_back(struct db *db, int64_t commit_id, struct words *words)
{
	const struct ba_undo how = { .step = NULL };
	struct ba_undone res;
	int r = undo_rollback(db, commit_id, "rollback", &how, NULL, &res, words);

	if (r < 0 || (!res.kept && !res.failed))
		return r;
	return words_set(words, -EBUSY,
		"the commit that did not come to its end (run %lld) cannot be taken back where "
		"something was changed since: see 'buildaudit rollback -n %lld'",
		(long long)commit_id, (long long)commit_id);
}

static bool was_taken_back(struct db *db, int64_t commit_id)
{
	return db_int(db, Q_COMMIT_TAKEN_BACK, 0, "i", commit_id);
}

static int take_back(struct db *db, int64_t commit_id, struct words *words)
{
	struct ba_forgotten f;
	int r = recover_run(db, commit_id);

	if (r < 0)
		return words_set(words, r, "%s: %s", db_path(db), db_error(db));
	if (!was_taken_back(db, commit_id))
		r = roll_back(db, commit_id, words);
	if (r == 0)
		r = db_was_read(db, restore_times(db, commit_id), words);
	/* with who took it back: a kill before leaves it to be done once more, to no harm */
	return r < 0 ? r : undo_forget(db, commit_id, &f, words);
}

int commit_take_back(struct db *db, int64_t run_id, int64_t *commit_id, struct words *words)
{
	struct db *writes;
	int r;

	*commit_id = db_int(db, Q_COMMIT_OPEN, 0, "i", run_id);
	r = db_was_read(db, db_unread(db), words);
	if (r < 0 || !*commit_id)
		return r;
	r = journal_idle(db, words);
	if (r == 0)
		r = db_open(&writes, db_path(db), DB_WRITE, words);
	if (r < 0)
		return r;
	r = take_back(writes, *commit_id, words);
	db_close(writes);
	return r;
}
