/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MODEL_NAMES_H
#define MODEL_NAMES_H
/*
 * The kernel has no list of a file's names: the other ones are looked for in
 * the folder of the one that is known, then around it, within a budget.
 */
#include "model/inode.h"

/*
 * Tells each name of the file near path, path itself included if it is one.
 * Its inode number may have been given to another since: one with another birth
 * time, or born after born_by (0: whenever), is not it. found() answers how many
 * names there are in all (then the search ends), or -errno. The number of names
 * told, or -errno.
 */
int names_near(const char *path, const struct inode *file, int64_t born_by,
	int (*found)(const char *path, const struct inode *now, void *data), void *data);

#endif
