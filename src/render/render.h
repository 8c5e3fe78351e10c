/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_RENDER_H
#define RENDER_RENDER_H
/* Rows -> what a person or a program reads. */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "buildaudit.h"

/*
 * Every row as one JSON object a line, keys named as the columns. Text that
 * is not UTF-8 has its bad bytes replaced, and its exact bytes in hexadecimal
 * under KEY_hex. Columns argv and ancestors are JSON already. 0 or -errno.
 */
int render_json(struct ba_rows *rows);
/* The columns chosen by name, in one object: for commands that have more to say about a row. */
void render_json_row(const struct ba_rows *rows, struct buf *out);

/* "name":"text" (and name_hex) into an object that was begun with '{'. */
void render_json_field(struct buf *out, const char *name, const char *text);

/* How far long work has come, on stderr when it is a terminal; `what` is said before the bar. */
void render_progress(const char *what, uint64_t done, uint64_t total);
/* Takes the bar away; before anything else is printed. */
void render_progress_end(void);

/*
 * A POSIX sh script that takes out what the rows of ba_uninstall_list() name,
 * each after a look at its content. title: what it says it is.
 */
int render_script(struct ba_rows *rows, const char *title);

/* The manifest's rows in a standard form; 1 when something had to be left out. */
int render_mtree(struct ba_rows *rows);
int render_sums(struct ba_rows *rows, bool md5);

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
