/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/answer.h"
#include "base/array.h"
#include "base/canonical.h"
#include "base/cleanup.h"
#include "undo/journal.h"

/* 0: it is none. */
static int64_t number_of(const char *name)
{
	long long id;
	char *end;

	errno = 0;
	id = strtoll(name, &end, 10);
	return *name < '0' || *name > '9' || *end || errno ? 0 : id;
}

static int64_t run_by_number(struct ba *ba, const char *name)
{
	return db_int(ba->db, Q_RUN_EXISTS, 0, "i", number_of(name));
}

static int64_t run_by_label(struct ba *ba, const char *name)
{
	return db_int(ba->db, Q_RUN_BY_LABEL, 0, "s", name);
}

static int64_t install_by_name(struct ba *ba, const char *name)
{
	return db_int(ba->db, Q_INSTALL_BY_NAME, 0, "s", name);
}

static int64_t run_by_version(struct ba *ba, const char *name)
{
	const char *at = strrchr(name, '@');
	_cleanup_free_ char *install = at ? strndup(name, (size_t)(at - name)) : NULL;

	return install ? db_int(ba->db, Q_RUN_BY_VERSION, 0, "ss", install, at + 1) : 0;
}

/* Two things may have one name; what was meant cannot be told then. */
static int check_meaning(struct ba *ba, const char *name, int64_t run)
{
	int64_t install, other;

	if (run_by_label(ba, name) != run)
		return 0;
	other = run_by_version(ba, name);
	if (other && other != run)
		return words_set(&ba->words, -EINVAL,
			"%s: '%s' is the label of run %lld and a version of an install, run %lld: "
			"say one of these",
			db_path(ba->db), name, (long long)run, (long long)other);
	install = install_by_name(ba, name);
	if (!install || db_int(ba->db, Q_RUN_INSTALL, 0, "i", run) == install)
		return 0;
	return words_set(&ba->words, -EINVAL,
		"%s: '%s' is the label of run %lld and the name of another install: say %lld, or "
		"'%s@VERSION'",
		db_path(ba->db), name, (long long)run, (long long)run, name);
}

API int ba_run_find(struct ba *ba, const char *name, int64_t *run_id)
{
	static int64_t (*const ways[])(struct ba *, const char *) = { run_by_number, run_by_label,
		install_by_name, run_by_version };
	bool latest = !name || !strcmp(name, "latest");
	int64_t id = latest ? db_int(ba->db, Q_RUN_LATEST, 0, "") : 0;
	size_t i;
	int r;

	for (i = 0; !latest && !id && i < ARRAY_SIZE(ways); i++)
		id = ways[i](ba, name);
	r = ba_unread(ba);
	if (r < 0)
		return r;
	if (latest && !id)
		return words_set(&ba->words, -ENOENT, "%s: nothing was recorded yet",
			db_path(ba->db));
	if (!id && db_int(ba->db, Q_RUN_WAS, 0, "i", number_of(name)))
		return words_set(&ba->words, -ESTALE, "%s: run %s is forgotten", db_path(ba->db),
			name);
	if (!id)
		return words_set(&ba->words, -ENOENT,
			"%s: no run has the number or label '%s', and no install the name "
			"(buildaudit runs and buildaudit list show them)",
			db_path(ba->db), name);
	r = latest ? 0 : check_meaning(ba, name, id);
	if (r == 0)
		*run_id = id;
	return r;
}

API int ba_run_newest(struct ba *ba, int64_t subject, int64_t *run_id)
{
	int r = ba_there(ba, subject);

	if (r == 0)
		*run_id = db_int(ba->db, Q_MEMBER_LATEST, 0, "i", subject);
	return r < 0 ? r : ba_unread(ba);
}

API int ba_runs(struct ba *ba, struct ba_rows **out)
{
	struct rows rows;
	int r = db_rows(&rows, ba->db, Q_RUNS, "");

	return ba_ask(ba, out, r, &rows);
}

/* A query of one run, or install. */
static int ask_of(struct ba *ba, int64_t run_id, enum query q, struct ba_rows **out)
{
	struct rows rows;
	int r = db_rows(&rows, ba->db, q, "i", run_id);

	return ba_ask_of(ba, run_id, out, r, &rows);
}

API int ba_run(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	return ask_of(ba, run_id, Q_RUN, out);
}

API int ba_undo_idle(struct ba *ba)
{
	return journal_idle(ba->db, &ba->words);
}

API int ba_run_since(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	return ask_of(ba, run_id, Q_RUN_SINCE, out);
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
	return ba_ask_of(ba, run_id, out, r, &rows);
}

API int ba_replaced(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	return ask_of(ba, run_id, Q_REPLACED, out);
}

API int ba_made(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	return ask_of(ba, run_id, Q_MADE, out);
}

API int ba_taken_back(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	return ask_of(ba, run_id, Q_TAKEN_BACK, out);
}

API int ba_unchanged(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	return ask_of(ba, run_id, Q_UNCHANGED, out);
}

/* "" is above all that begins with a slash. */
static const char *below(const char *folder)
{
	return strcmp(folder, "/") ? folder : "";
}

API int ba_installs(struct ba *ba, const char *name, struct ba_rows **out)
{
	struct rows rows;
	int r = db_rows(&rows, ba->db, Q_INSTALLS, name ? "S" : "s", name);

	return ba_ask(ba, out, r, &rows);
}

API int ba_owned_by(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	return ask_of(ba, run_id, Q_OWNED_BY, out);
}

API int ba_owned_below(struct ba *ba, const char *folder, struct ba_rows **out)
{
	struct rows rows;
	int r = db_rows(&rows, ba->db, Q_OWNED_BELOW, "S", below(folder));

	return ba_ask(ba, out, r, &rows);
}

/* Their numbers, as JSON; those that no run knows have none. */
static int add_path_ids(struct buf *out, struct db *db, const char *const paths[], size_t count)
{
	size_t i;

	buf_addc(out, '[');
	for (i = 0; i < count; i++) {
		int64_t id = db_int(db, Q_PATH_ID, 0, "s", paths[i]);

		if (id)
			buf_addf(out, "%s%lld", out->len > 1 ? "," : "", (long long)id);
	}
	buf_addc(out, ']');
	return out->failed ? -ENOMEM : db_unread(db);
}

API int ba_who_all(struct ba *ba, const char *const paths[], size_t count, struct ba_rows **out)
{
	_cleanup_buf_ struct buf ids = BUF_INIT;
	struct rows rows;
	int r = add_path_ids(&ids, ba->db, paths, count);

	/* The statement must not hold on to a buffer that goes. */
	if (r == 0)
		r = db_rows(&rows, ba->db, Q_WHO, "S", ids.data);
	return ba_ask(ba, out, r, &rows);
}

API int ba_who_recorded(struct ba *ba, const char *path, struct ba_rows **out)
{
	return ba_who_all(ba, &path, 1, out);
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
	int r = db_rows(&rows, ba->db, Q_PATHS, "S", below(folder));

	return ba_ask(ba, out, r, &rows);
}

API int ba_tree(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	return ask_of(ba, run_id, Q_TREE, out);
}

API int ba_execs(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	return ask_of(ba, run_id, Q_EXECS, out);
}

API int ba_hands(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	return ask_of(ba, run_id, Q_HANDS, out);
}

API int ba_places(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	return ask_of(ba, run_id, Q_PLACES, out);
}

API int ba_timeline(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	return ask_of(ba, run_id, Q_TIMELINE, out);
}

API int ba_events(struct ba *ba, int64_t run_id, struct ba_rows **out)
{
	return ask_of(ba, run_id, Q_EVENTS, out);
}

API int ba_sql(struct ba *ba, const char *sql, struct ba_rows **out)
{
	const char *tail = "";
	struct rows rows;
	int r = db_rows_text(&rows, ba->db, sql, &tail);

	if (r == 0 && !rows.stmt)
		return words_set(&ba->words, -EINVAL, "there is no statement in '%s'", sql);
	if (r == 0 && !rows_only_read(&rows)) {
		rows_done(&rows);
		return words_set(&ba->words, -EROFS, "the record is read here, not written: '%s'",
			sql);
	}
	if (r == 0 && tail[strspn(tail, " \t\r\n;")]) {
		rows_done(&rows);
		return words_set(&ba->words, -EINVAL, "one statement at a time: '%s' is left over",
			tail);
	}
	return ba_ask(ba, out, r, &rows);
}
