/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STAGE_DOCS_H
#define STAGE_DOCS_H
/* The documents of a package, which no run has made. */
#include "package/metadata.h"

/*
 * What the options name, below the folder where documents of this package are.
 * 0, or -1 after saying why.
 */
int docs_add(struct payload *p, const struct metadata *m);

#endif
