/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_THROUGH_H
#define STORE_THROUGH_H
/*
 * Within a try the name of the database leads to what the command makes of it. The real one is
 * reached through a descriptor of its folder that was opened before: /proc/self/fd/N/audit.db.
 * SQLite would resolve that link by its text, and come to the other one again.
 */
#include <stddef.h>

#include "base/cleanup.h"

/* The name of path's file through `folder`, a descriptor of the folder it is in. 0 or -errno. */
int through_name(char *out, size_t size, int folder, const char *path) MUST_CHECK;
/* The SQLite VFS for such a name; NULL, the usual one, for any other. */
const char *through_of(const char *path);

#endif
