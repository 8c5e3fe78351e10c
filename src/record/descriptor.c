/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/descriptor.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/cleanup.h"

int descriptor_of(const struct task *task, int fd)
{
	_cleanup_close_ int pid = (int)syscall(SYS_pidfd_open, task->tgid, 0);

	return pid < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pid, fd, 0);
}

int64_t descriptor_limit(int ours, int option)
{
	struct timeval tv = { 0, 0 };
	socklen_t n = sizeof tv;

	if (getsockopt(ours, SOL_SOCKET, option, &tv, &n) < 0)
		return 0;
	return tv.tv_sec * 1000000000LL + tv.tv_usec * 1000LL;
}
