/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/ba.h"
#include "base/cleanup.h"
#include "store/liveness.h"
#include "store/lock-wait.h"
#include "store/open.h"
#include "store/recover.h"
#include "store/trust.h"
#include "undo/forget.h"

API const char *ba_version(void)
{
	return PACKAGE_VERSION;
}

API void ba_on_wait(void (*tell)(const char *words, void *data), void *data)
{
	lock_wait_tell(tell, data);
}

API int ba_default_path(char *out, size_t size)
{
	const char *given = getenv("BUILDAUDIT_DB"), *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	int n;

	if (given && *given)
		n = snprintf(out, size, "%s", given);
	else if (geteuid() == 0)
		n = snprintf(out, size, "/var/lib/buildaudit/audit.db");
	else if (state && *state == '/')
		n = snprintf(out, size, "%s/buildaudit/audit.db", state);
	else
		n = snprintf(out, size, "%s/.local/state/buildaudit/audit.db", home ? home : "");
	return n < (int)size ? n : -ENAMETOOLONG;
}

/* The write-ahead log of one that was killed; where nobody writes it is folded in. */
static bool has_log(const char *path)
{
	char log[PATH_MAX];

	return snprintf(log, sizeof log, "%s-wal", path) < (int)sizeof log &&
		access(log, F_OK) == 0;
}

/*
 * A run whose recorder was killed is named so before anything is read. That
 * needs a moment of writing; where we may not write, the heartbeat tells.
 */
static void sweep(const char *path)
{
	struct words words;
	struct db *db;
	int r;

	/* Nor is a journal played back, or anything ended, that others could have left there. */
	if (access(path, W_OK) < 0 || trust_database(path, &words) < 0)
		return;
	r = db_open(&db, path, DB_READ, &words);
	/*
	 * One that was killed in the middle of a page left its
	 * journal; to read, it must be rolled back.
	 */
	if (r == -EROFS && db_open(&db, path, DB_WRITE, &words) == 0) {
		db_settle(db);
		db_close(db);
		r = db_open(&db, path, DB_READ, &words);
	}
	if (r < 0)
		return;
	if (liveness_next_lost(db) || forget_is_due(db) ||
		(has_log(path) && !db_int(db, Q_RUN_RUNNING, 0, ""))) {
		db_close(db);
		if (db_open(&db, path, DB_WRITE, &words) < 0)
			return;
		/* What fails here is tried by the next one that looks. */
		IGNORE(recover_lost(db));
		forget_sweep(db);
		db_settle(db);
	}
	db_close(db);
}

API int ba_open(struct ba **out, const char *path, enum ba_open how, char *words)
{
	struct ba *ba = calloc(1, sizeof *ba);
	int r;

	if (!ba)
		return -ENOMEM;
	sweep(path);
	r = how == BA_WRITE && access(path, F_OK) == 0 ? trust_database(path, &ba->words) : 0;
	if (r == 0)
		r = db_open(&ba->db, path, how == BA_WRITE ? DB_WRITE : DB_READ, &ba->words);
	if (r < 0) {
		if (words)
			memcpy(words, ba->words.text, BA_WORDS);
		free(ba);
		return r;
	}
	ba->writes = how == BA_WRITE;
	*out = ba;
	return 0;
}

API void ba_close(struct ba *ba)
{
	if (!ba)
		return;
	/* Whatever became of the command, it leaves one file. */
	if (ba->writes && ba->db)
		db_settle(ba->db);
	db_close(ba->db);
	free(ba);
}

API const char *ba_error(const struct ba *ba)
{
	return ba->words.text;
}
