/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_OWNERS_H
#define PACKAGE_OWNERS_H
/* Which installed package has which file, as the package manager itself says. */
#include <stddef.h>

#include "package/metadata.h"

/* Paths and their packages. Asking costs the same for one path as for thousands, so they are told first. */
struct owners;

/* Paths to ask for; *o is made by the first. 0, or -1 after saying why. */
int owners_add(struct owners **o, const char *path);
int owners_add_payload(struct owners **o, const struct payload *p);
/* Asks for those that were not asked for. 0, or -1 after saying why. */
int package_owners_ask(struct owners *o, enum package_type type);
/* The package that has a path that was asked for, or NULL. */
const char *package_owner_of(const struct owners *o, const char *path);
void owners_free(struct owners *o);
/* Lists the payload's files that belong to installed packages. 0 or -1. */
int owners_list_conflicts(struct metadata *m, const struct payload *p);

#endif
