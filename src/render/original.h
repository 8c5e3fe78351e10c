/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_ORIGINAL_H
#define RENDER_ORIGINAL_H
/* What a run overwrote or removed, in a row of ba_replaced(), and what is kept of it. */
#include <stdbool.h>

#include "base/buf.h"
#include "buildaudit.h"

/*
 * Where the content of the file that was there is, into path (PATH_MAX bytes), if it is: kept
 * beside the database `db`, or where the run moved the file, untouched since. An empty one is
 * /dev/null.
 */
bool original_find(const char *db, const struct ba_rows *rows, char *path);
/* Is it where the run moved the file? The same. */
bool original_is_moved(const struct ba_rows *rows, char *path);
/* From it to what is there now, as `diff -u` has it. 0, or -errno after saying why. */
int original_diff(const struct ba_rows *rows, const char *kept, struct buf *out);

#endif
