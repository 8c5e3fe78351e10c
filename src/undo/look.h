/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_LOOK_H
#define UNDO_LOOK_H
/* What stands at a place now, held against one side of a record. */
#include "base/parents.h"
#include "buildaudit.h"
#include "undo/entry.h"

/* Of enum ba_differs: what a file is, whose it is, and all that is told of it. */
#define DIFFERS_WHAT                                                                  \
	(BA_DIFFERS_TYPE | BA_DIFFERS_SIZE | BA_DIFFERS_CONTENT | BA_DIFFERS_DEVICE | \
		BA_DIFFERS_LINK)
#define DIFFERS_OWNER (BA_DIFFERS_MODE | BA_DIFFERS_USER | BA_DIFFERS_GROUP)
#define DIFFERS_ALL (DIFFERS_WHAT | DIFFERS_OWNER | BA_DIFFERS_TIME | BA_DIFFERS_XATTRS)

/*
 * How name in dir, whose inode is now, differs from want in the attributes of
 * `mask`; bits outside of it are set only when something is missing, present,
 * or unreadable. Content is read only when nothing cheaper tells.
 */
unsigned int look_differs(int dir, const char *name, const struct inode *now,
	const struct side *want, unsigned int mask);
/*
 * Two regular files, of one size and one time: that is no proof, as of what was made in one moment.
 * What cannot be read is not the same.
 */
bool look_same_content(const char *one, const char *other);
/* inode_stands_still() of what is there now. */
bool look_stands_still(const struct inode *was, int dir, const char *name);
/* All of what stands at a path, but its content. 0 or -errno. */
int look_read(struct parents *parents, const char *path, struct side *s) MUST_CHECK;

#endif
