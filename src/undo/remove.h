/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_REMOVE_H
#define UNDO_REMOVE_H
#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/parents.h"
#include "model/inode.h"

/*
 * Takes out what stands at path, provided that it is still what was looked at, `now` (-ESTALE): no
 * folder that is not empty, no mount point, not "/". 0 or -errno.
 */
int remove_entry(struct parents *parents, const char *path,
	const struct inode *now) MUST_CHECK;
/* Is a file system mounted there? */
bool remove_is_mount_point(int dir, const char *name);
/* -errno of removing in words. */
const char *remove_reason(int error);

/*
 * What rmdir(2) will say of a folder, asked before: is there anything in it of which `goes` does
 * not say that it goes? One that cannot be read is found out later.
 */
bool remove_leaves(struct parents *parents, const char *folder,
	bool (*goes)(const void *data, const char *path, size_t len), const void *data);

#endif
