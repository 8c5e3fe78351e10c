/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_READBACK_H
#define PACKAGE_READBACK_H
/*
 * A package, read back and held against the payload, content included: what
 * could not be read is what nobody could install. It found names that a spec
 * file could not say; of a deb and a tar it has found nothing yet, but that
 * libarchive, dpkg-deb and the disk did what they were told is what the man
 * page promises, and no test can say it of a package that is made elsewhere.
 */
#include "package/metadata.h"

struct archive;

/* Differences are listed; then -1. The archive is open for reading. */
int readback(struct archive *a, struct payload *p, const struct metadata *m);

#endif
