/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_DEPENDS_H
#define PACKAGE_DEPENDS_H
#include "package/metadata.h"

/*
 * Architecture and dependencies from the ELF files, in the
 * format's own words. 0, or -1 after saying why.
 */
int deb_metadata(struct payload *p, struct metadata *m);

#endif
