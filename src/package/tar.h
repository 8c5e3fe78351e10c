/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_TAR_H
#define PACKAGE_TAR_H
#include "package/metadata.h"
#include "package/output.h"

/* One format: writes the package to out. 0, or -1 after saying why. */
int tar_make(const struct output *out, struct payload *p, struct metadata *m);
/* The name a package of this kind has. */
void tar_file_name(const struct metadata *m, struct buf *out);

#endif
