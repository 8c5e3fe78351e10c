/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_DEB_H
#define PACKAGE_DEB_H
#include "package/metadata.h"
#include "package/output.h"

/* One format: writes the package to out. 0, or -1 after saying why. */
int deb_make(const struct output *out, struct payload *p, struct metadata *m);
/* The name a package of this kind has. */
void deb_file_name(const struct metadata *m, struct buf *out);
/* The paths whose packages a deb wants to know. 0, or -1 after saying why. */
int deb_add_owners(struct metadata *m, const struct payload *p);

#endif
