/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_TOTAL_H
#define CMD_TOTAL_H
/* Sizes in a listing of files, and what they come to. */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/u64map.h"
#include "buildaudit.h"

struct total {
	int64_t files, folders, links, others, bytes, removed, removed_bytes;
	int64_t missing, missing_bytes; /* on record only: they are in none of those */
	struct u64map groups; /* hard links: the content of one file is there once */
};

/*
 * Rows here have the columns type, size and link_target, and may have change and nlink_group, as
 * the views manifest and owned.
 */
void total_add(struct total *t, const struct ba_rows *rows);
/* On record only, as the column there says, where the rows have one. */
bool total_is_missing(const struct ba_rows *rows);
void total_release(struct total *t);
/* Of a file, which is no removed one, its bytes; 0 where another name of it has counted. */
int64_t total_size(struct total *t, const struct ba_rows *rows);
/* The line of it, to be printed. */
void total_write(const struct total *t, struct buf *line);
/* The size of a file, in a column of its own; of what has none, blanks. */
void total_write_size(struct buf *line, const struct ba_rows *rows);
/* " -> " and what a symlink holds. */
void total_write_target(struct buf *line, const struct ba_rows *rows);

#endif
