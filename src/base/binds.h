/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_BINDS_H
#define BASE_BINDS_H
/*
 * One folder that is mounted at several places: what is in it has a name through each of them, and
 * is one thing. Of its names the shortest is the one that is on record, and of two that are as
 * short that through the older mount; not one through a mount that is read-only.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mountinfo.h"

struct binds {
	struct mountinfo info;   /* has the text of the lines */
	struct mount_line *each;
	size_t count;
	bool any; /* do two of them show the same? */
};
#define BINDS_INIT { .info = MOUNTINFO_INIT }

/* What this process sees mounted now. Without /proc nothing is known of any. 0 or -ENOMEM. */
int binds_read(struct binds *b) MUST_CHECK;
/* Which one is path reached through? NULL: none of them. */
const struct mount_line *binds_at(const struct binds *b, const char *path);
/*
 * The name through m of what the file system dev ("254:0") calls inner ("" is its root). False
 * where m does not show it, or another one is mounted over it.
 */
bool binds_through(const struct binds *b, const struct mount_line *m, const char *dev,
	const char *inner, struct buf *out);
/* path, absolute and canonical, becomes the name that is on record. 0 or -ENOMEM. */
int binds_name(const struct binds *b, struct buf *path) MUST_CHECK;
void binds_release(struct binds *b);

/* As path_canonical() and path_canonical_all(), the name that is on record. */
int binds_path(const char *path, char *out) MUST_CHECK;
int binds_path_all(const char *path, char *out) MUST_CHECK;

#endif
