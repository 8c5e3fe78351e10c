/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_PACKAGE_RECORDS_H
#define BASE_PACKAGE_RECORDS_H
/*
 * What package managers write down: which packages are here, with which files. Whoever takes a
 * part of it back says something else of a package than what is there.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Is it a package manager's own? */
bool package_record_is(const char *path);
/* The package of which dpkg has its list of files there, and the length of its name; or NULL. */
const char *package_record_of(const char *path, size_t *len);
/* Has dpkg a path in a list of its files, which package_record_files() has read? */
bool package_record_has(const struct buf *files, const char *path);
/* Reads the list that dpkg has of a package: nothing, where it has none of that name. */
void package_record_files(struct buf *files, const char *package);

#endif
