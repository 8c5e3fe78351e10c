/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_TABLE_H
#define RENDER_TABLE_H
/*
 * Rows under their heads, each column as wide as it needs. One in which nothing stands is left
 * out. On a terminal that is too narrow the last column is cut; or it and those that are marked
 * have a line of their own below each row; or else each cell has one, behind its head.
 */
#include <stddef.h>

#include "base/buf.h"

struct table {
	char **cells;
	size_t count;
	/* 1 << COLUMN, of the first 64: it is set to the right; it may have a line of its own */
	unsigned long numbers, below;
};

#define TABLE_INIT { NULL, 0, 0, 0 }

/* The next cell; empties the buffer. */
void table_add(struct table *t, struct buf *cell);
void table_print(const struct table *t, size_t columns, const char *const *heads);
/* The same, but with columns in which nothing stands; and nothing is cut. */
void table_print_any(const struct table *t, size_t columns, const char *const *heads);
void table_release(struct table *t);

#define _cleanup_table_ __attribute__((cleanup(table_release)))

#endif
