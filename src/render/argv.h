/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_ARGV_H
#define RENDER_ARGV_H
/* What a program was told, which is on record as a JSON array of strings. */
#include <stddef.h>

#include "base/buf.h"

/* Its words, each with a NUL behind it, after what is in `out`. How many. */
size_t argv_words(const char *json, struct buf *out);
/* As one line of a shell that says the same; what would break the line is $'...'. */
void render_argv(struct buf *out, const char *json);
/*
 * For a person to read: a script of many lines is one, in plain words. It is cut where the line,
 * all that is in `line`, would have more than `width` columns (0: never).
 */
void render_command(struct buf *line, const char *json, size_t width);
/* The same of the first `count` of the words that argv_words() gave, and nothing cut. */
void render_command_words(struct buf *line, const char *words, size_t count);

#endif
