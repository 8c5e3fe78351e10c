/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_CANONICAL_H
#define BASE_CANONICAL_H
#include <stdbool.h>

/*
 * The name that the kernel has for what a person calls `path`: absolute, symlinks in
 * its folders resolved as far as they are there, its last component as it is.
 * out has PATH_MAX bytes. 0 or -errno.
 */
int path_canonical(const char *path, char *out);

/* The same with a symlink in the last place resolved, too, if it leads somewhere. */
int path_canonical_all(const char *path, char *out);

/* What follows folder, which ends in no slash, in path: "" or "/..."; NULL: it is not below. */
const char *path_rest(const char *path, const char *folder);

/* Is path the folder itself or below it? Slashes at the folder's end are of no account. */
bool path_is_below(const char *path, const char *folder);

#endif
