/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/claim.h"

#include <errno.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int claim(int fd, const char *path)
{
	struct stat it, there;

	if (fstat(fd, &it) < 0)
		return -errno;
	if (it.st_uid != geteuid())
		return -EPERM;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	/* Between the open and the lock it may have been moved to its final name, or removed. */
	if (lstat(path, &there) < 0 || there.st_dev != it.st_dev || there.st_ino != it.st_ino)
		return -EAGAIN;
	return 0;
}
