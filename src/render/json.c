/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "render/render.h"

static bool is_json(const char *column)
{
	return !strcmp(column, "argv") || !strcmp(column, "ancestors");
}

static void add_text(struct buf *out, const char *name, const char *text, size_t len)
{
	size_t i;

	if (is_json(name) && len && (text[0] == '[' || text[0] == '{')) {
		buf_add(out, text, len);
		return;
	}
	buf_add_json(out, text, len);
	if (utf8_valid(text, len))
		return;
	buf_addf(out, ",\"%s_hex\":\"", name);
	for (i = 0; i < len; i++)
		buf_addf(out, "%02x", (unsigned char)text[i]);
	buf_addc(out, '"');
}

void render_json_field(struct buf *out, const char *name, const char *text)
{
	if (out->len > 1)
		buf_addc(out, ',');
	buf_add_json(out, name, strlen(name));
	buf_addc(out, ':');
	add_text(out, name, text, strlen(text));
}

void render_json_row(const struct ba_rows *rows, struct buf *out)
{
	int i, n = ba_rows_columns(rows);

	buf_addc(out, '{');
	for (i = 0; i < n; i++) {
		const char *name = ba_rows_name(rows, i), *text;
		size_t len;

		if (i)
			buf_addc(out, ',');
		buf_add_json(out, name, strlen(name));
		buf_addc(out, ':');
		switch (ba_rows_type(rows, i)) {
		case BA_NULL:
			buf_adds(out, "null");
			break;
		case BA_INT:
			buf_addf(out, "%lld", (long long)ba_rows_int(rows, i));
			break;
		case BA_REAL:
			buf_addf(out, "%.9g", ba_rows_real(rows, i));
			break;
		case BA_TEXT:
			text = ba_rows_text(rows, i, &len);
			add_text(out, name, text, len);
		}
	}
	buf_addc(out, '}');
}

int render_json(struct ba_rows *rows)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	int r;

	while ((r = ba_rows_next(rows)) > 0) {
		render_json_row(rows, &line);
		render_line(&line);
	}
	return r;
}
