/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_LINKS_H
#define STORE_LINKS_H
#include "model/scope.h"
#include "store/hands.h"
#include "store/run.h"

/*
 * A file that had several names before the run and was changed in place has
 * changed under all of them. The names that no call mentioned are looked for
 * near the one that was, and get an entry. 0 or -errno.
 */
int links_complete(struct run *run, const struct hands *hands,
	const struct scope *scope) MUST_CHECK;

#endif
