/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_VERSIONS_H
#define STORE_VERSIONS_H
/*
 * Paths that have a version in them: what share/p-1.0 was to the older one, share/p-2.0 is to the
 * newer one. As the versions, so their first parts: share/p-1.2 of 1.2.3.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/cleanup.h"

struct versions {
	const char *path, *old, *now;
	size_t old_len, now_len; /* of their parts in question */
	const char *from; /* where the older one is looked for next */
};

struct versions versions_of(const char *path, const char *old, const char *now);
/* The next path that the newer version may have for it; false: there is no more, or no memory. */
bool versions_next(struct versions *v, struct buf *out) MUST_CHECK;

#endif
