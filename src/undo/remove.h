/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_REMOVE_H
#define UNDO_REMOVE_H
#include <stdbool.h>

#include "model/inode.h"
#include "base/parents.h"

/*
 * Takes out what stands at path, provided that it is still the inode `now`:
 * no folder that is not empty, no mount point, not "/". 0 or -errno.
 */
int remove_entry(struct parents *parents, const char *path, const struct inode *now);
/* Is a file system mounted there? */
bool remove_is_mount_point(int dir, const char *name);
/* -errno of removing in words. */
const char *remove_reason(int error);

#endif
