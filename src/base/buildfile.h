/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_BUILDFILE_H
#define BASE_BUILDFILE_H
/* What a folder's build system calls the software, as its files say in so many words. */
#include "base/cleanup.h"

/*
 * From meson.build, CMakeLists.txt, a configure that autoconf made, package.json, or what these
 * tools leave in a folder that is only for building: the first that says a name or a version.
 * Neither is checked; NULL where it is not said, and where it is computed. 0 or -ENOMEM.
 */
int buildfile_read(const char *folder, char **name, char **version) MUST_CHECK;

#endif
