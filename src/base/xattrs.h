/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_XATTRS_H
#define BASE_XATTRS_H
/*
 * All extended attributes of a file (ACLs and capabilities are such) as one
 * byte string: for each, by name, two 32-bit lengths, the name with its NUL,
 * the value. Two files with the same attributes give the same string.
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/cleanup.h"

/* Appends them to out; none, or a file system without them, appends nothing. 0 or -errno. */
int xattrs_read(const char *path, bool follow, struct buf *out) MUST_CHECK;
/* One of a string. */
struct xattr {
	const char *name;
	const void *value;
	size_t size;
};
/* The next one from *at on, which begins where the string does. False: there is none before end. */
bool xattrs_next(const char **at, const char *end, struct xattr *out);
/* Leaves exactly these; what is there already is not written again. 0 or the first -errno. */
int xattrs_apply(const char *path, bool follow, const void *packed, size_t len) MUST_CHECK;

#endif
