/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_TAKEN_H
#define CMD_TAKEN_H
/* What a package manager takes out with the older version: that is said, edited or not. */
#include "base/buf.h"
#include "buildaudit.h"

/* What an install had, by its record, before the manager came. */
struct taken {
	struct taken_file {
		char *path, *sha256;
	} *files; /* by path */
	size_t count;
};

/* The row of ba_owned_by(), in its order. 0, or -1: no memory. */
int taken_add(struct taken *t, const struct ba_rows *row);
/*
 * Names what a run took out, the manager's, but for those paths, each with a NUL behind it: in the
 * package they have another name.
 */
void taken_say(const struct taken *t, const char *db, int64_t run, const struct buf *renamed);
void taken_release(struct taken *t);

#endif
