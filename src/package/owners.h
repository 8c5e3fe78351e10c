/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_OWNERS_H
#define PACKAGE_OWNERS_H
/* Which installed package has which file, as the package manager itself says. */
#include <stddef.h>

#include "package/metadata.h"

/*
 * For each of n different paths the name of a package, or NULL; the array and
 * the names are the caller's, ended with owners_free. 0, or -1 after saying why.
 */
int owners_ask(enum package_type type, const char *const *paths, size_t n, char ***out);
void owners_free(char **owners, size_t n);
/* Lists the payload's files that belong to installed packages. 0 or -1. */
int owners_list_conflicts(const struct metadata *m, const struct payload *p);

#endif
