/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_TEXT_H
#define RENDER_TEXT_H
/* Rows, names and numbers for a person. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "buildaudit.h"
#include "render/terminal.h"

/* A row's column by its name: good until the next row; "" and 0 where it has none of that name. */
const char *row_text(const struct ba_rows *rows, const char *column);
int64_t row_number(const struct ba_rows *rows, const char *column);

/* The two numbers of a device. */
void render_device(struct buf *out, int64_t rdev, char between);
/*
 * A name for a person: on a terminal control characters and bytes that are not
 * UTF-8 are shown as \ooo; elsewhere the exact bytes.
 */
void render_name(struct buf *out, const char *name, size_t len);
/* The same with blanks behind it until it is `width` columns wide. */
void render_cell(struct buf *out, const char *text, size_t width);
/* The columns that text takes, as far as a terminal shows one for each character. */
size_t render_columns(const char *s);
void render_blanks(struct buf *out, size_t n);
/* Of what stands in `out` from `start` on, no more than `columns`; "..." says what is not there. */
void render_cut(struct buf *out, size_t start, size_t columns);
/* Seconds as a person reads them: 0.04 s, 12.3 s, 4 min 10 s. */
void render_duration(struct buf *out, double seconds);
/* Bytes as a person reads them: 999 B, 1.5 KiB, 20 MiB. */
void render_size(struct buf *out, int64_t bytes);
/* "2026-01-31T10:00:00.123Z" as "2026-01-31 10:00:00", here (TZ); "" is nothing. */
void render_date(struct buf *out, const char *iso);
/* Nanoseconds since 1970, the same. */
void render_time(struct buf *out, int64_t ns);
/* What the row says of an install: its name, and its version where there is one. */
void render_install(struct buf *out, const struct ba_rows *rows);
/* "SIGTERM", "SIG40". */
void render_signal(struct buf *out, int number);
/* An exit status or signal of the row: "0", "SIGTERM". */
void render_exit(struct buf *out, const struct ba_rows *rows);

/* Prints the buffer and a newline, and empties it. */
void render_line(struct buf *line);
/* False when there was no memory for some line. */
bool render_is_whole(void);

#endif
