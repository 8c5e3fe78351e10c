/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve/resolver.h"

#include <fcntl.h>
#include <sys/stat.h>

#ifndef STATX_ATTR_MOUNT_ROOT
#define STATX_ATTR_MOUNT_ROOT 0x2000
#endif

void resolver_begin(struct resolver *r)
{
	struct statx x;

	/*
	 * After chroot(2) into any other folder than a mount point this is
	 * certain; what was handed over tells the rest.
	 */
	if (statx(AT_FDCWD, "/", 0, STATX_BASIC_STATS, &x) == 0 &&
		(x.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) &&
		!(x.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		r->names_doubtful = true;
}

void resolver_release(struct resolver *r)
{
	folders_forget(&r->folders);
	folders_forget(&r->long_names);
	mounts_release(&r->mounts);
	served_release(&r->served);
}
