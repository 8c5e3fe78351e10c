/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FORMAT_READBACK_H
#define FORMAT_READBACK_H
/*
 * An rpm, held against the payload: what its header says of each file, down to
 * the digest, and whether its bytes are those it has a digest of. It found
 * names that a spec file could not say. Of a deb and a tar, which are written
 * without such a go-between, tests/cases/package.sh does it.
 */
#include "package/metadata.h"

/* Differences are listed; then -1. */
int readback(const char *file, const struct payload *p, const struct metadata *m);

#endif
