/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_READBACK_H
#define PACKAGE_READBACK_H
/*
 * A package, read back and held against the payload, content included: what
 * could not be read is what nobody could install.
 */
#include "package/metadata.h"

struct archive;

enum readback_form {
	READBACK_DEB, /* times in seconds, no extended attributes */
	READBACK_TAR,
	READBACK_RPM, /* owners are in the header, which rpm itself is asked for */
};

/* Differences are listed; then -1. The archive is open for reading. */
int readback(struct archive *a, struct payload *p, const struct metadata *m, enum readback_form form);

#endif
