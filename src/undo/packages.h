/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_PACKAGES_H
#define UNDO_PACKAGES_H
/*
 * What an uninstall would take out, and a package of the system has. What the run itself installed
 * with a package manager is that one's to take out; and as long as such a package is here the
 * manager's record of it is not taken back, or its files would be nobody's.
 */
#include "base/owners.h"
#include "undo/entry.h"

/*
 * Asks for all that was left; a manager that fails owns nothing, as one that
 * is not here. 0 or -ENOMEM.
 */
int packages_ask(struct owners **out, const struct entries *all) MUST_CHECK;

/* A package that came with what is taken back; its name is "" where there is none. */
struct package_came {
	char name[256];
	const char *remover; /* how it is taken out: "dpkg -r" */
};

/*
 * Does an entry, which is there still, say that a package came with it, or in another version? It
 * has what was created there; or that is its list of files.
 */
bool packages_came(struct package_came *out, const struct owners *owners, const struct entry *e);

/* Why a package manager's record stays. */
void packages_why(struct buf *why, const struct package_came *of);

#endif
