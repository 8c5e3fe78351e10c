/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A listing as RFC 4180 has it: for spreadsheets, R and the like. Names are their exact bytes. */
#include "export/csv.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "export/export.h"

static int files(struct ba *ba, int64_t run, struct ba_rows **out)
{
	return ba_files(ba, run, 0, out);
}

static const struct {
	const char *name;
	int (*ask)(struct ba *ba, int64_t run, struct ba_rows **out);
} listings[] = {
	{ "files", files },
	{ "events", ba_events },
	{ "processes", ba_tree },
	{ "execs", ba_timeline },
};

const char *csv_of(size_t place)
{
	return place < ARRAY_SIZE(listings) ? listings[place].name : NULL;
}

static void add_field(struct buf *line, const char *text, size_t len)
{
	size_t i;

	if (!memchr(text, '"', len) && !memchr(text, ',', len) && !memchr(text, '\n', len) &&
		!memchr(text, '\r', len)) {
		buf_add(line, text, len);
		return;
	}
	buf_addc(line, '"');
	for (i = 0; i < len; i++) {
		if (text[i] == '"')
			buf_addc(line, '"');
		buf_addc(line, text[i]);
	}
	buf_addc(line, '"');
}

static int write_heads(struct export *x, const struct ba_rows *rows)
{
	int i, n = ba_rows_columns(rows);

	for (i = 0; i < n; i++)
		buf_addf(&x->line, "%s%s", i ? "," : "", ba_rows_name(rows, i));
	buf_adds(&x->line, "\r\n");
	return export_put(x);
}

static int write_row(struct export *x, const struct ba_rows *rows)
{
	int i, n = ba_rows_columns(rows);

	for (i = 0; i < n; i++) {
		size_t len;
		const char *text = ba_rows_text(rows, i, &len);

		if (i)
			buf_addc(&x->line, ',');
		add_field(&x->line, text, len);
	}
	buf_adds(&x->line, "\r\n");
	return export_put(x);
}

static int write_csv(struct export *x)
{
	struct ba_rows *rows = NULL;
	int r = -EINVAL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(listings); i++)
		if (!strcmp(listings[i].name, x->of))
			r = listings[i].ask(x->ba, x->run, &rows);
	if (r < 0)
		return r;
	r = write_heads(x, rows);
	while (r == 0 && (r = ba_rows_next(rows)) > 0)
		r = write_row(x, rows);
	ba_rows_free(rows);
	return r;
}

const struct export_form export_csv = { "csv", "a listing for spreadsheets (--of says which)",
	false, write_csv };
