/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_TREE_H
#define PACKAGE_TREE_H
/* The payload as the members of an archive, through libarchive. */
#include "package/metadata.h"
#include "render/archive.h"

/*
 * Every entry, in order, with top in front of its path ("": without its slash). A deb is without
 * extended attributes and parts of seconds: dpkg knows neither. 0, or -1 after saying why.
 */
int tree_write(struct archive *a, const struct payload *p, const struct metadata *m,
	const char *top);
/* The files themselves below a folder, whose owners are for a tool to be told. 0 or -1. */
int tree_unpack(const char *folder, const struct payload *p, const struct metadata *m);
/*
 * Seconds (and nanoseconds) of an entry in a package: its own,
 * but not later than the package's time.
 */
void tree_time(const struct member *e, const struct metadata *m, time_t *s, long *ns);
/* A file of root's: its head, size bytes from fd, and all of one whose bytes are in memory. */
int tree_write_head(struct archive *a, const struct metadata *m, const char *name, mode_t mode,
	int64_t size);
int tree_copy(struct archive *a, int fd, int64_t size, const char *what);
int tree_write_text(struct archive *a, const struct metadata *m, const char *name, mode_t mode,
	const struct buf *text);
/*
 * A new archive of that format (archive.write_set_format_...) on fd, which stays the caller's;
 * compressed, or not: NULL. NULL after saying why.
 */
struct archive *tree_open(int fd, int (*set_format)(struct archive *), const struct compression *c);
/* It has an end. 0, or -1 after saying why. */
int tree_close(struct archive *a, const char *what);

/* "root" for 0; NULL when the number has no name here. Good until the next call. */
const char *owner_name(uid_t uid);
const char *group_name(gid_t gid);

#endif
