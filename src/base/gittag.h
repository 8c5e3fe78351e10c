/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_GITTAG_H
#define BASE_GITTAG_H
/* The version of a git work tree, read from its refs: git is not run, and need not be here. */
#include <stdbool.h>

#include "base/cleanup.h"

/* folder is the top of a work tree. */
bool gittag_is_tree(const char *folder);
/*
 * The version in *out, to be freed: the tag at HEAD, without a leading `name`- or v; else, as
 * `git describe --long` has it, the newest release among the tags and the commit, 1.2+g1a2b3c4;
 * NULL when there is none. Which commit an annotated tag means is known once git has packed it
 * (as a clone has it). 0 or -ENOMEM.
 */
int gittag_version(const char *folder, const char *name, char **out) MUST_CHECK;

#endif
