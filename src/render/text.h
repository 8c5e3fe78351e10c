/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_TEXT_H
#define RENDER_TEXT_H
/* Rows, names and numbers for a person, and tables of them. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "buildaudit.h"

/* A row's column by its name: good until the next row; "" and 0 where it has none of that name. */
const char *row_text(const struct ba_rows *rows, const char *column);
int64_t row_number(const struct ba_rows *rows, const char *column);

bool render_is_terminal(void);
/* Columns of the terminal, 0 when stdout is none. */
int render_width(void);
/* Colour: only on a terminal, and not with NO_COLOR set. */
enum colour { PLAIN, RED, GREEN, YELLOW, DIM, BOLD };
const char *render_colour(enum colour c);

/* The two numbers of a device. */
void render_device(struct buf *out, int64_t rdev, char between);
/*
 * A name for a person: on a terminal control characters and bytes that are not
 * UTF-8 are shown as \ooo; elsewhere the exact bytes.
 */
void render_name(struct buf *out, const char *name, size_t len);
/* The same with blanks behind it until it is `width` columns wide. */
void render_cell(struct buf *out, const char *text, int width);
/*
 * A JSON array of strings as a shell line that says the same, on one line: what
 * would break it is shown as \ooo, and after `most` bytes (0: never) it is cut.
 */
void render_argv(struct buf *out, const char *json, size_t most);
/* Seconds as a person reads them: 0.04 s, 12.3 s, 4 min 10 s. */
void render_duration(struct buf *out, double seconds);
/* Bytes as a person reads them: 999 B, 1.5 KiB, 20 MiB. */
void render_size(struct buf *out, int64_t bytes);
/* "2026-01-31T10:00:00.123Z" as "2026-01-31 10:00:00"; "" is nothing. */
void render_date(struct buf *out, const char *iso);
/* What the row says of an install: its name, and its version where there is one. */
void render_install(struct buf *out, const struct ba_rows *rows);
/* An exit status or signal of the row: "0", "SIGTERM". */
void render_exit(struct buf *out, const struct ba_rows *rows);

/* A table whose columns are as wide as they need; the last one is cut to fit a terminal. */
struct table {
	char **cells;
	size_t count, room, columns;
};
void table_add(struct table *t, struct buf *cell); /* empties the buffer */
void table_print(struct table *t, size_t columns, const char *const *heads);
void table_release(struct table *t);

/* Prints the buffer and a newline, and empties it. */
void render_line(struct buf *line);
/* False when there was no memory for some line. */
bool render_is_whole(void);

#endif
