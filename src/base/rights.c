/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/rights.h"

#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool rights_capable(int capability)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &head, sets) < 0)
		return false;
	return sets[capability / 32].effective >> capability % 32 & 1;
}

bool rights_gained_by(const char *path)
{
	struct stat st;

	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0 && stat(path, &st) == 0 &&
		st.st_mode & S_ISUID && st.st_uid != geteuid();
}
