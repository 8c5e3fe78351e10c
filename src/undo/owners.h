/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_OWNERS_H
#define UNDO_OWNERS_H
/* Which of some paths belong to a package of the system: dpkg and rpm are asked, once for all of them. */
#include "undo/entry.h"

struct owners {
	struct owner *paths; /* a hash of those that were asked for */
};

/* For every created entry. Without a package manager nobody owns anything. 0 or -ENOMEM. */
int owners_ask(struct owners *o, const struct entries *all);
/* The package, or NULL. */
const char *owners_of(const struct owners *o, const char *path);
void owners_release(struct owners *o);

#endif
