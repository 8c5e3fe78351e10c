/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/rights.h"

#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

bool rights_capable(int capability)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &head, sets) < 0)
		return false;
	return sets[capability / 32].effective >> capability % 32 & 1;
}

bool rights_offered_by(const char *path, uid_t uid, gid_t gid)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	/* Set-gid without leave for the group to execute is but a kind of lock (stat(2)). */
	return (st.st_mode & S_ISUID && st.st_uid != uid) ||
		((st.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) && st.st_gid != gid) ||
		(uid && getxattr(path, "security.capability", NULL, 0) > 0);
}

bool rights_gained_by(const char *path)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0 &&
		rights_offered_by(path, geteuid(), getegid());
}
