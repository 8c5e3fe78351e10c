/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STAGE_PAPERS_H
#define STAGE_PAPERS_H
/* The two documents that each Debian package has to have: its rights, and its story. */
#include "package/metadata.h"

/*
 * Those that the payload has not, as checkinstall packs documents: made in the stage. 0, or -1
 * after saying why.
 */
int papers_add(struct payload *p, const struct metadata *m);

#endif
