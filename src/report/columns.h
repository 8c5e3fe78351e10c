/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORT_COLUMNS_H
#define REPORT_COLUMNS_H
/*
 * A table of the page's data: lines of JSON, each with some thousand rows, column by column, which
 * compresses best and is read at once:
 *
 *	{"table":"files","rows":2,"size":[1,2],"name":["a","b"]}
 *
 * A row is given cell by cell, in the order of the names.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "report/squeeze.h"

#define COLUMNS_MOST 20

struct columns {
	struct squeeze *to;
	const char *table;
	const char *const *names; /* ends with NULL */
	struct buf cells[COLUMNS_MOST];
	int64_t last[COLUMNS_MOST];
	size_t rows, at;
	int64_t total; /* rows so far, of all lines */
};

void columns_begin(struct columns *c, struct squeeze *to, const char *table,
	const char *const *names);
void columns_number(struct columns *c, int64_t value);
void columns_null(struct columns *c);
/* What it is more than in the row before, of the same line. */
void columns_step(struct columns *c, int64_t value);
/*
 * Bytes as a string. One that is not UTF-8 is U+DC80 to U+DCFF, as Python's surrogateescape has it:
 * no name is taken for another.
 */
void columns_bytes(struct columns *c, const char *s, size_t n);
void columns_text(struct columns *c, const char *s);
/* JSON as it is. */
void columns_json(struct columns *c, const char *json);
/* The row is whole. */
void columns_row(struct columns *c);
/* The table is. */
void columns_end(struct columns *c);
void columns_release(struct columns *c);

#define _cleanup_columns_ __attribute__((cleanup(columns_release)))

#endif
