/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_PACKAGES_H
#define UNDO_PACKAGES_H
/* What an uninstall would take out, and a package of the system has. */
#include "base/owners.h"
#include "undo/entry.h"

/*
 * Asks for all that was left; a manager that fails owns nothing, as one that
 * is not here. 0 or -ENOMEM.
 */
int packages_ask(struct owners **out, const struct entries *all) MUST_CHECK;

#endif
