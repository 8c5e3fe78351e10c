/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int ba_ask(struct ba *ba, struct ba_rows **out, int r, struct rows *rows)
{
	struct ba_rows *answer;

	if (r < 0) {
		words_set(&ba->words, r, "%s: %s", db_path(ba->db), db_error(ba->db));
		rows_done(rows);
		return r;
	}
	answer = calloc(1, sizeof *answer);
	if (!answer) {
		rows_done(rows);
		return -ENOMEM;
	}
	answer->ba = ba;
	answer->rows = *rows;
	*out = answer;
	return 0;
}

int ba_unread(struct ba *ba)
{
	return db_was_read(ba->db, db_unread(ba->db), &ba->words);
}

int ba_there(struct ba *ba, int64_t subject)
{
	int64_t run = db_int(ba->db, Q_MEMBER_NEWEST, 0, "i", subject);
	int r = ba_unread(ba);

	if (r == 0 && !run)
		r = words_set(&ba->words, -ENOENT, "there is no run %lld", (long long)subject);
	return r;
}

int ba_ask_of(struct ba *ba, int64_t subject, struct ba_rows **out, int r, struct rows *rows)
{
	int there = r < 0 ? 0 : ba_there(ba, subject);

	if (there < 0) {
		rows_done(rows);
		return there;
	}
	return ba_ask(ba, out, r, rows);
}

API int ba_rows_next(struct ba_rows *rows)
{
	int r = rows_next(&rows->rows);

	return r < 0 ? words_set(&rows->ba->words, r, "%s: %s", db_path(rows->ba->db),
			       db_error(rows->ba->db)) :
		       r;
}

API void ba_rows_free(struct ba_rows *rows)
{
	if (!rows)
		return;
	rows_done(&rows->rows);
	free(rows);
}

API int ba_rows_columns(const struct ba_rows *rows)
{
	return rows_count(&rows->rows);
}

API const char *ba_rows_name(const struct ba_rows *rows, int column)
{
	return rows_name(&rows->rows, column);
}

API int ba_rows_column(const struct ba_rows *rows, const char *name)
{
	int i, n = rows_count(&rows->rows);

	for (i = 0; i < n; i++)
		if (!strcmp(rows_name(&rows->rows, i), name))
			return i;
	return -1;
}

API enum ba_type ba_rows_type(const struct ba_rows *rows, int column)
{
	switch (rows_type(&rows->rows, column)) {
	case ROWS_INT:
		return BA_INT;
	case ROWS_REAL:
		return BA_REAL;
	case ROWS_TEXT:
	case ROWS_BLOB:
		return BA_TEXT;
	default:
		return BA_NULL;
	}
}

API int64_t ba_rows_int(const struct ba_rows *rows, int column)
{
	return rows_int(&rows->rows, column);
}

API double ba_rows_real(const struct ba_rows *rows, int column)
{
	return rows_real(&rows->rows, column);
}

API const char *ba_rows_text(const struct ba_rows *rows, int column, size_t *len)
{
	const char *text = rows_text(&rows->rows, column);

	if (len)
		*len = (size_t)rows_bytes(&rows->rows, column);
	return text;
}
