/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/answer.h"
#include "base/canonical.h"
#include "undo/journal.h"

API int ba_run_find(struct ba *ba, const char *name, int64_t *run_id)
{
	char *end;
	int64_t id = 0;

	if (!name || !strcmp(name, "latest")) {
		id = db_int(ba->db, Q_RUN_LATEST, 0, "");
		if (!id)
			return words_set(&ba->words, -ENOENT, "%s: nothing was recorded yet",
				db_path(ba->db));
	} else {
		errno = 0;
		id = strtoll(name, &end, 10);
		if (*name >= '0' && *name <= '9' && *end == '\0' && errno == 0)
			id = db_int(ba->db, Q_RUN_EXISTS, 0, "i", id);
		else
			id = 0;
		if (!id)
			id = db_int(ba->db, Q_RUN_BY_LABEL, 0, "s", name);
		if (!id)
			return words_set(&ba->words, -ENOENT,
				"%s: no run has the number or label '%s' "
				"(buildaudit runs lists them)",
				db_path(ba->db), name);
	}
	*run_id = id;
	return 0;
}

API int ba_runs(struct ba *ba, struct ba_rows **out)
{
	struct rows rows;
	int r = db_rows(&rows, ba->db, Q_RUNS, "");

	return ba_ask(ba, out, r, &rows);
}

API int ba_run(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	struct rows rows;
	int r = db_rows(&rows, ba->db, Q_RUN, "i", run_id);

	return ba_ask(ba, out, r, &rows);
}

API int ba_undo_idle(struct ba *ba)
{
	return journal_idle(ba->db, &ba->words);
}

API int ba_run_since(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	struct rows rows;
	int r = db_rows(&rows, ba->db, Q_RUN_SINCE, "i", run_id);

	return ba_ask(ba, out, r, &rows);
}

API int ba_files(struct ba *ba, int64_t run_id, unsigned int which, struct ba_rows **out)
{
	struct rows rows;
	int r;

	if (!(which & (BA_FILES_CHANGES | BA_FILES_DIFFERENT | BA_FILES_SAME)))
		which |= BA_FILES_CHANGES;
	r = db_rows(&rows, ba->db, Q_FILES, "iiiiii", run_id,
		(int64_t)!!(which & BA_FILES_EXCLUDED), (int64_t)!!(which & BA_FILES_CREATED),
		(int64_t)!!(which & (BA_FILES_MODIFIED | BA_FILES_DIFFERENT)),
		(int64_t)!!(which & BA_FILES_REMOVED),
		(int64_t)!!(which & (BA_FILES_MODIFIED | BA_FILES_SAME)));
	return ba_ask(ba, out, r, &rows);
}

API int ba_earlier(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	struct rows rows;
	int r = db_rows(&rows, ba->db, Q_EARLIER, "i", run_id);

	return ba_ask(ba, out, r, &rows);
}

API int ba_who_recorded(struct ba *ba, const char *path, struct ba_rows **out)
{
	struct rows rows;
	/* The statement must not hold on to a buffer of the caller's. */
	int r = db_rows(&rows, ba->db, Q_WHO, "S", path);

	return ba_ask(ba, out, r, &rows);
}

API int ba_who(struct ba *ba, const char *path, struct ba_rows **out)
{
	char canonical[PATH_MAX];
	int r = path_canonical(path, canonical);

	if (r < 0)
		return words_set(&ba->words, r, "%s: %s", path, strerror(-r));
	return ba_who_recorded(ba, canonical, out);
}

API int ba_paths(struct ba *ba, const char *folder, struct ba_rows **out)
{
	struct rows rows;
	/* "" is above all that begins with a slash. */
	int r = db_rows(&rows, ba->db, Q_PATHS, "S", strcmp(folder, "/") ? folder : "");

	return ba_ask(ba, out, r, &rows);
}

API int ba_tree(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	struct rows rows;
	int r = db_rows(&rows, ba->db, Q_TREE, "i", run_id);

	return ba_ask(ba, out, r, &rows);
}

API int ba_events(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	struct rows rows;
	int r = db_rows(&rows, ba->db, Q_EVENTS, "i", run_id);

	return ba_ask(ba, out, r, &rows);
}

API int ba_sql(struct ba *ba, const char *sql, struct ba_rows **out)
{
	const char *tail = "";
	struct rows rows;
	int r = db_rows_text(&rows, ba->db, sql, &tail);

	if (r == 0 && !rows.stmt)
		return words_set(&ba->words, -EINVAL, "there is no statement in '%s'", sql);
	if (r == 0 && tail[strspn(tail, " \t\r\n;")]) {
		rows_done(&rows);
		return words_set(&ba->words, -EINVAL, "one statement at a time: '%s' is left over",
			tail);
	}
	return ba_ask(ba, out, r, &rows);
}
