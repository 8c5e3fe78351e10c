/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MODEL_NAMES_H
#define MODEL_NAMES_H
/*
 * The kernel has no list of a file's names: the other ones are looked for in
 * the folder of the one that is known, then around it, within a budget.
 */
#include "model/inode.h"

/*
 * Tells each name of the inode dev:ino near path, path itself included if it
 * is one; found() answers how many names there are in all (then the search
 * ends), or -errno. The number of names told, or -errno.
 */
int names_near(const char *path, uint64_t dev, uint64_t ino, unsigned int wanted,
	int (*found)(const char *path, const struct inode *now, void *data), void *data);

#endif
