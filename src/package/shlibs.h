/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_SHLIBS_H
#define PACKAGE_SHLIBS_H
/* What a package's shared libraries promise to who is linked with them. */
#include "package/metadata.h"

/*
 * The lines of a deb's file of that name: each library, its version and the package that has it,
 * from this version on. What reads it is package/libraries.c, and dpkg-shlibdeps. 0 or -1.
 */
int shlibs_text(const struct payload *p, const struct metadata *m, struct buf *out);

#endif
