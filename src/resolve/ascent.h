/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RESOLVE_ASCENT_H
#define RESOLVE_ASCENT_H
/*
 * The kernel tells no name that is longer than a page. A folder's is told all
 * the same: by the folder that it stands in, by the one above that, and so on
 * until one has a name that is known or short enough.
 */
#include "base/buf.h"
#include "base/cleanup.h"
#include "resolve/folders.h"

/* Appends the canonical name of the folder `fd` to out, which is empty. 0, or -errno. */
int ascent_name(struct folders *known, int fd, struct buf *out) MUST_CHECK;

#endif
