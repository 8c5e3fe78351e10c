/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_RPM_H
#define PACKAGE_RPM_H
#include "package/metadata.h"
#include "package/output.h"

/* One format: writes the package to out and reads it back. 0, or -1 after saying why. */
int rpm_make(const struct output *out, struct payload *p, struct metadata *m);
/* The name a package of this kind has. */
void rpm_file_name(const struct metadata *m, struct buf *out);
/*
 * Architecture and dependencies from the ELF files, in the
 * format's own words. 0, or -1 after saying why.
 */
int rpm_metadata(struct payload *p, struct metadata *m);

#endif
