/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/columns.h"

#include <string.h>

#include "base/log.h"
#include "base/utf8.h"

#define ROWS_A_LINE 4096
/* Texts are long. */
#define BYTES_A_LINE (1 << 20)

void columns_begin(struct columns *c, struct squeeze *to, const char *table,
	const char *const *names)
{
	memset(c, 0, sizeof *c);
	c->to = to;
	c->table = table;
	c->names = names;
}

/* The buffer of the next cell of this row. */
static struct buf *cell(struct columns *c)
{
	struct buf *b = &c->cells[c->at];

	if (c->at >= COLUMNS_MOST || !c->names[c->at])
		BUG("table %s has no column %zu", c->table, c->at);
	c->at++;
	if (c->rows)
		buf_addc(b, ',');
	return b;
}

void columns_number(struct columns *c, int64_t value)
{
	buf_addf(cell(c), "%lld", (long long)value);
}

void columns_null(struct columns *c)
{
	buf_adds(cell(c), "null");
}

void columns_step(struct columns *c, int64_t value)
{
	size_t at = c->at;

	/* the numbers of a record that was tampered with may be any */
	columns_number(c, (int64_t)((uint64_t)value - (uint64_t)c->last[at]));
	c->last[at] = value;
}

static void add_character(struct buf *b, const char *s, size_t step)
{
	if (step == 0)
		buf_addf(b, "\\udc%02x", (unsigned char)*s);
	else if (*s == '"' || *s == '\\')
		buf_addf(b, "\\%c", *s);
	else if ((unsigned char)*s < 0x20)
		buf_addf(b, "\\u%04x", (unsigned char)*s);
	else
		buf_add(b, s, step);
}

void columns_bytes(struct columns *c, const char *s, size_t n)
{
	struct buf *b = cell(c);
	size_t i, step;

	buf_addc(b, '"');
	for (i = 0; i < n; i += step ? step : 1) {
		step = utf8_length(s + i, n - i);
		add_character(b, s + i, step);
	}
	buf_addc(b, '"');
}

void columns_text(struct columns *c, const char *s)
{
	columns_bytes(c, s, strlen(s));
}

void columns_json(struct columns *c, const char *json)
{
	buf_adds(cell(c), json);
}

static void flush(struct columns *c)
{
	struct buf head = BUF_INIT;
	size_t i;

	buf_addf(&head, "{\"table\":\"%s\",\"rows\":%zu", c->table, c->rows);
	for (i = 0; c->names[i]; i++) {
		buf_addf(&head, ",\"%s\":[", c->names[i]);
		squeeze_add(c->to, &head);
		squeeze_add(c->to, &c->cells[i]);
		buf_addc(&head, ']');
		c->last[i] = 0;
	}
	buf_adds(&head, "}\n");
	squeeze_add(c->to, &head);
	buf_release(&head);
	c->rows = 0;
}

void columns_row(struct columns *c)
{
	size_t i, bytes = 0;

	if (c->names[c->at])
		BUG("table %s: no cell for %s", c->table, c->names[c->at]);
	for (i = 0; i < c->at; i++)
		bytes += c->cells[i].len;
	c->at = 0;
	c->rows++;
	c->total++;
	if (c->rows == ROWS_A_LINE || bytes >= BYTES_A_LINE)
		flush(c);
}

void columns_end(struct columns *c)
{
	if (c->rows)
		flush(c);
}

void columns_release(struct columns *c)
{
	size_t i;

	for (i = 0; i < COLUMNS_MOST; i++)
		buf_release(&c->cells[i]);
}
