/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_CONFLICTS_H
#define PACKAGE_CONFLICTS_H
/* The payload, held against what other installed packages have. */
#include "base/owners.h"
#include "package/metadata.h"

/*
 * The payload's files are to be asked for, too, and for a deb
 * the folders above it. 0, or -1 after saying why.
 */
int conflicts_add(struct metadata *m, const struct payload *p);
/* Asks the manager that the type is for. 0, or -1 after saying why. */
int conflicts_ask(struct metadata *m);
/*
 * Is it no matter to this package that the owner has a file of it: it is the package itself,
 * installed before, or one that it is said to replace?
 */
bool conflicts_is_settled(const struct metadata *m, const char *owner);
/* Lists the payload's files that belong to installed packages. 0, or -1 after saying why. */
int conflicts_list(struct metadata *m, const struct payload *p);

#endif
