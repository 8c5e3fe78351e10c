/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_COPY_H
#define BASE_COPY_H
/*
 * One file's content into another, holes kept as holes: shared blocks where
 * the file system has them, else bytes.
 */
#include <stdint.h>

#include "base/digest.h"
#include "base/cleanup.h"

/*
 * From the start of `from` to its end into `to`, which is empty. hash: the
 * SHA-256 of what was read, or NULL: it is not wanted. *stored (may be NULL): bytes written.
 * 0 or -errno.
 */
int copy_content(int from, int to, unsigned char *hash, uint64_t *stored) MUST_CHECK;

#endif
