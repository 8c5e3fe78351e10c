/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H
#include <stdbool.h>

/*
 * A glob without a slash is held against each component of a path, one with a slash against the
 * path and each of its folders; so a folder that matches has all below it.
 */
bool glob_matches(const char *glob, const char *path);

#endif
