/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_IDS_H
#define BASE_IDS_H
/*
 * The numbers of users and groups in this process's user namespace (user_namespaces(7)). A file
 * whose owner has none there is shown with the overflow number, 65534, which may not be given.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/cleanup.h"

/* Both maps, uid_map and gid_map, into out: "0 1000 1;0 1000 1". 0 or -ENOMEM. */
int ids_maps(struct buf *out) MUST_CHECK;
/* Such a text: were there maps to be read? */
bool ids_are_known(const char *maps);
/* What chown(2) is to be given for an owner that was shown so: -1, it is not known whose it is. */
uid_t ids_user(uint32_t shown);
gid_t ids_group(uint32_t shown);

#endif
