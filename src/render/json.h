/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_JSON_H
#define RENDER_JSON_H
/* Rows as JSON. */
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

#endif
