/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/json.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "render/text.h"

/* Behind the JSON string at p; NULL when there is none. */
static const char *skip_string(const char *p)
{
	if (*p++ != '"')
		return NULL;
	for (; *p != '"'; p++) {
		if ((unsigned char)*p < 0x20)
			return NULL;
		if (*p != '\\')
			continue;
		if (*++p == 'u' && strspn(p + 1, "0123456789abcdefABCDEF") < 4)
			return NULL;
		if (!*p || !strchr("\"\\/bfnrtu", *p))
			return NULL;
	}
	return p + 1;
}

/* Whether the text is a JSON array of strings, as argv is unless the record was tampered with. */
static bool is_array(const char *text, size_t len)
{
	const char *p = text;

	if (*p++ != '[')
		return false;
	if (*p == ']')
		return len == 2;
	while ((p = skip_string(p)) && *p == ',')
		p++;
	return p && *p == ']' && p + 1 == text + len;
}

static bool is_json(const char *column, const char *text, size_t len)
{
	/* SQLite itself makes this one */
	if (!strcmp(column, "ancestors"))
		return len > 0;
	return !strcmp(column, "argv") && is_array(text, len);
}

/* JSON as it is; what a terminal would obey, older records have it, is escaped. */
static void add_json(struct buf *out, const char *text, size_t len)
{
	size_t i, step;

	for (i = 0; i < len; i += step) {
		step = utf8_length(text + i, len - i);
		if (step == 0) {
			buf_adds(out, "\\ufffd");
			step = 1;
		} else if (utf8_shown(text + i, step)) {
			buf_add(out, text + i, step);
		} else {
			buf_addf(out, "\\u%04x", (unsigned int)utf8_character(text + i, step));
		}
	}
}

static void add_text(struct buf *out, const char *name, const char *text, size_t len)
{
	size_t i;

	if (is_json(name, text, len)) {
		add_json(out, text, len);
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
