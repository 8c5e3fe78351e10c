/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_STAGE_H
#define PACKAGE_STAGE_H
/* A copy of the payload below a folder of our own, for tools that want one. */
#include "package/metadata.h"

/* Copies with links, times and modes; owners are for the tool to be told. 0, or -1 after saying why. */
int stage_make(const char *folder, const struct payload *p, const struct metadata *m);
/*
 * A new folder for it: below $TMPDIR, else in memory when it is small, else on
 * a disk. To be freed, or NULL after saying why.
 */
char *stage_folder(const struct payload *p);
void stage_remove(const char *folder);

#endif
