/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_LOOK_H
#define UNDO_LOOK_H
/* What stands at a place now, held against one side of a record. */
#include "undo/entry.h"

/* The same bits as enum ba_differs of buildaudit.h. */
enum differs {
	DIFFERS_MISSING = 1,
	DIFFERS_PRESENT = 2, /* it should not be there */
	DIFFERS_TYPE = 4,
	DIFFERS_SIZE = 8,
	DIFFERS_MODE = 16,
	DIFFERS_CONTENT = 32,
	DIFFERS_DEVICE = 64,
	DIFFERS_LINK = 128,
	DIFFERS_USER = 256,
	DIFFERS_GROUP = 512,
	DIFFERS_TIME = 1024,
	DIFFERS_XATTRS = 2048,
	DIFFERS_UNREADABLE = 4096, /* it could not be looked at in full */
	DIFFERS_BLOCKED = 8192,    /* a folder above it is a symlink, or no folder */

	/* what a file is, and all that is told of it */
	DIFFERS_WHAT = DIFFERS_TYPE | DIFFERS_SIZE | DIFFERS_CONTENT | DIFFERS_DEVICE | DIFFERS_LINK,
	DIFFERS_OWNER = DIFFERS_MODE | DIFFERS_USER | DIFFERS_GROUP,
	DIFFERS_ALL = DIFFERS_WHAT | DIFFERS_OWNER | DIFFERS_TIME | DIFFERS_XATTRS,
};

/*
 * How name in dir, whose inode is now, differs from want in the attributes of
 * `mask`; bits outside of it are set only when something is missing, present,
 * or unreadable. Content is read only when nothing cheaper tells.
 */
unsigned int look_differs(int dir, const char *name, const struct inode *now, const struct side *want,
	unsigned int mask);

#endif
