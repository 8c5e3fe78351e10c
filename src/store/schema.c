/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/schema.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "schema.inc"

int schema_version(void)
{
	return (int)ARRAY_SIZE(schema_steps);
}

int schema_make(struct db *db, int from)
{
	char set[64];
	int r = 0;

	for (; r == 0 && from < schema_version(); from++) {
		snprintf(set, sizeof set, "PRAGMA user_version = %d", from + 1);
		r = db_exec(db, schema_steps[from]);
		if (r == 0)
			r = db_exec(db, set);
	}
	return r;
}

/*
 * The statement that makes it, in the newest step that does, to the end of that step; or NULL.
 * SQLite's names are the same in small letters and large.
 */
static const char *made_by(const char *what, const char *name)
{
	char begin[128];
	int i;

	snprintf(begin, sizeof begin, "\nCREATE %s %s ", what, name);
	for (i = schema_version() - 1; i >= 0; i--) {
		const char *at = strcasestr(schema_steps[i], begin);

		if (at)
			return at + 1;
	}
	return NULL;
}

/* SQLite keeps a statement's text as it was, without the semicolon. */
static bool is_good_view(const char *name, const char *sql)
{
	const char *ours = made_by("VIEW", name);
	size_t n = strlen(sql);

	return ours ? !strncmp(ours, sql, n) && ours[n] == ';' : !made_by("TABLE", name);
}

static bool is_good(const char *type, const char *name, const char *sql)
{
	if (!strcmp(type, "trigger"))
		return false;
	if (!strcmp(type, "view"))
		return is_good_view(name, sql);
	return strncasecmp(sql, "CREATE VIRTUAL", 14) || !made_by("TABLE", name);
}

int schema_check(struct db *db, struct words *words)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows_text(&rows, db, "SELECT type, name, sql FROM sqlite_schema", NULL);

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		const char *type = rows_text(&rows, 0), *name = rows_text(&rows, 1);

		r = 0;
		if (!is_good(type, name, rows_text(&rows, 2)))
			return words_set(words, -EMEDIUMTYPE,
				"%s: its %s '%s' is not one that buildaudit makes, and could "
				"answer anything: name another file with -d",
				db_path(db), type, name);
	}
	return r < 0 ? words_set(words, r, "cannot read %s: %s", db_path(db), db_error(db)) : 0;
}
