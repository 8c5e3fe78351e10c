/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/table.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "render/text.h"

/* What the last column has to have beside the others. */
#define LAST_LEAST 24
#define BETWEEN 2
#define INDENT 4

struct shape {
	const struct table *table;
	const char *const *heads;
	size_t columns;
	size_t *widths; /* 0: left out */
	unsigned long below;
};

void table_add(struct table *t, struct buf *cell)
{
	char **place = ARRAY_MORE(t->cells, t->count);

	if (place)
		*place = buf_steal(cell);
}

static bool has(unsigned long set, size_t column)
{
	return column < 8 * sizeof set && set >> column & 1;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t width_of(const struct shape *s, size_t column)
{
	const struct table *t = s->table;
	size_t i, widest = 0;

	for (i = column; i < t->count; i += s->columns)
		widest = larger(widest, t->cells[i] ? render_columns(t->cells[i]) : 0);
	return widest ? larger(widest, render_columns(s->heads[column])) : 0;
}

/* The columns of the terminal that all take which have no line of their own. */
static size_t width_beside(const struct shape *s)
{
	size_t i, all = 0, width;

	for (i = 0; i < s->columns; i++) {
		width = s->widths[i];
		if (i == s->columns - 1 && width > LAST_LEAST)
			width = LAST_LEAST;
		if (width && !has(s->below, i))
			all += width + (all ? BETWEEN : 0);
	}
	return all;
}

static void add_cell(const struct shape *s, size_t column, const char *text, struct buf *line)
{
	size_t columns = render_columns(text), width = s->widths[column];
	size_t blanks = width > columns ? width - columns : 0;
	bool number = has(s->table->numbers, column);

	if (line->len)
		render_blanks(line, BETWEEN);
	if (number)
		render_blanks(line, blanks);
	buf_adds(line, text);
	if (!number)
		render_blanks(line, blanks);
}

/* Without blanks at its end, and cut where it is longer than the terminal. */
static void print_line(struct buf *line)
{
	size_t width = (size_t)render_width();

	while (line->len && line->data[line->len - 1] == ' ')
		line->data[--line->len] = '\0';
	if (width)
		render_cut(line, 0, width);
	render_line(line);
}

static void print_row(const struct shape *s, const char *const *cells)
{
	_cleanup_buf_ struct buf line = BUF_INIT, below = BUF_INIT;
	size_t i;

	for (i = 0; i < s->columns; i++) {
		const char *text = cells[i] ? cells[i] : "";

		if (!s->widths[i])
			continue;
		if (!has(s->below, i))
			add_cell(s, i, text, &line);
		else if (*text)
			buf_addf(&below, "%*s%s", below.len ? BETWEEN : INDENT, "", text);
	}
	print_line(&line);
	if (below.len)
		print_line(&below);
}

/* As psql's expanded display; all: also those in which nothing stands, and none is cut. */
static void print_cells(const struct shape *s, bool all)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	const struct table *t = s->table;
	size_t i, widest = 0;

	for (i = 0; i < s->columns; i++)
		widest = larger(widest, render_columns(s->heads[i]));
	for (i = 0; i < t->count; i++) {
		const char *head = s->heads[i % s->columns], *text = t->cells[i] ? t->cells[i] : "";

		if (i && i % s->columns == 0)
			render_line(&line);
		if (!all && !*text)
			continue;
		buf_addf(&line, "%s%s%s", render_colour(BOLD), head, render_colour(PLAIN));
		render_blanks(&line, widest - render_columns(head) + BETWEEN);
		buf_adds(&line, text);
		if (all)
			render_line(&line);
		else
			print_line(&line);
	}
}

static void print_rows(const struct shape *s)
{
	size_t i;

	fputs(render_colour(BOLD), stdout);
	print_row(s, s->heads);
	fputs(render_colour(PLAIN), stdout);
	for (i = 0; i + s->columns <= s->table->count; i += s->columns)
		print_row(s, (const char *const *)s->table->cells + i);
}

static void find_widths(struct shape *s)
{
	size_t i;

	for (i = 0; i < s->columns; i++)
		s->widths[i] = width_of(s, i);
}

void table_print(const struct table *t, size_t columns, const char *const *heads)
{
	_cleanup_free_ size_t *widths = calloc(columns, sizeof *widths);
	struct shape s = { t, heads, columns, widths, 0 };
	size_t width = (size_t)render_width();

	if (!widths)
		return;
	find_widths(&s);
	if (width && width_beside(&s) > width)
		s.below = t->below | 1UL << (columns - 1);
	if (width && width_beside(&s) > width)
		print_cells(&s, false);
	else
		print_rows(&s);
}

void table_print_any(const struct table *t, size_t columns, const char *const *heads)
{
	_cleanup_free_ size_t *widths = calloc(columns, sizeof *widths);
	struct shape s = { t, heads, columns, widths, 0 };
	size_t width = (size_t)render_width(), i, all = 0;

	if (!widths)
		return;
	for (i = 0; i < columns; i++) {
		widths[i] = larger(width_of(&s, i), render_columns(heads[i]));
		all += widths[i] + BETWEEN;
	}
	if (width && all - BETWEEN > width)
		print_cells(&s, true);
	else
		print_rows(&s);
}

void table_release(struct table *t)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		free(t->cells[i]);
	free(t->cells);
	*t = (struct table)TABLE_INIT;
}
