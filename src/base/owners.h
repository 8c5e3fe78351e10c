/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_OWNERS_H
#define BASE_OWNERS_H
/* Which installed package has which file, as the package managers say. */
#include <stdbool.h>

#include "base/cleanup.h"

/*
 * Paths and their packages. A manager reads the lists of all its packages for
 * one path as for thousands: they are added first, and asked for together.
 */
struct owners;

enum { OWNERS_DPKG = 1, OWNERS_RPM = 2 };

/* A path to ask for; *o is made by the first. 0 or -ENOMEM. */
int owners_add(struct owners **o, const char *path) MUST_CHECK;
/*
 * Asks those managers, when there is a path that was not asked for; one that
 * is not here owns nothing. 0; -ENOMEM; -EIO: one of them failed.
 */
int owners_ask(struct owners *o, unsigned int managers) MUST_CHECK;
/* The package that has a path that was asked for, or NULL. */
const char *owners_of(const struct owners *o, const char *path);
/* What takes that package out, as "dpkg -r"; its name belongs behind it. Or NULL. */
const char *owners_remover(const struct owners *o, const char *path);
/* Each path, in the order in which they were added, and its package or NULL. */
void owners_each(const struct owners *o,
	void (*each)(const char *path, const char *owner, void *data), void *data);
/* One that has it and is not called name, or NULL. */
const char *owners_besides(const struct owners *o, const char *path, const char *name);
/* Is the owner called that? "name:arch" is. */
bool owner_is(const char *owner, const char *name, size_t len);
/* Is there anything to ask rpm about? One that is asked all the same makes a database. */
bool owners_rpm_has_database(void);
void owners_free(struct owners *o);

#endif
