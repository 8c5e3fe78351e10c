/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_CHECK_H
#define PACKAGE_CHECK_H
/* The payload, held against the disk: is what the run left still there, byte for byte? */
#include "package/payload.h"

/*
 * Reads every file: contents are hashed and compared with the manifest, links
 * and extended attributes found. What differs is listed; then -1. With md5, that
 * sum is told, too.
 */
int payload_check(struct payload *p, bool md5);
/* What was packed is still what is on the disk? */
int payload_unchanged(const struct payload *p);
/* The next attribute that goes into a package; *at is NULL at first. False: there is none. */
bool member_next_xattr(const struct member *e, const char **at, struct xattr *out);

#endif
