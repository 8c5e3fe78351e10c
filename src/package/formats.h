/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_FORMATS_H
#define PACKAGE_FORMATS_H
/* One function a format: writes the package to out and reads it back. 0, or -1 after saying why. */
#include "package/metadata.h"
#include "package/output.h"

int deb_make(const struct output *out, struct payload *p, struct metadata *m);
int rpm_make(const struct output *out, struct payload *p, struct metadata *m);
int tar_make(const struct output *out, struct payload *p, struct metadata *m);

/* The name a package of that kind has. */
void deb_file_name(const struct metadata *m, struct buf *out);
void rpm_file_name(const struct metadata *m, struct buf *out);
void tar_file_name(const struct metadata *m, struct buf *out);

/* Architecture and dependencies from the ELF files, in the format's own words. */
int deb_metadata(struct payload *p, struct metadata *m);
int rpm_metadata(struct payload *p, struct metadata *m);
/* The paths whose packages a deb wants to know. 0, or -1 after saying why. */
int deb_add_owners(struct metadata *m, const struct payload *p);

#endif
