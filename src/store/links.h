/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_LINKS_H
#define STORE_LINKS_H
#include "model/scope.h"
#include "store/anew.h"
#include "store/hands.h"
#include "store/run.h"

/*
 * A file that had several names before the run and was changed in place has
 * changed under all of them. The names that no call mentioned are looked for
 * near the one that was, and get an entry. Where the run was settled before that is asked of what
 * is to be looked at anew (NULL: of all). 0 or -errno.
 */
int links_complete(struct run *run, const struct hands *hands, const struct scope *scope,
	struct anew *anew) MUST_CHECK;

#endif
