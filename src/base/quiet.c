/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/quiet.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/io.h"

/* Of linux/mount.h and the table of calls, which may be older than Linux 5.12. */
#define OPEN_TREE 428
#define CLONE_TREE 1
#define SETATTR 442
#define NO_TIMES 0x10U
#define ALL_OF_TIMES 0x70U

static int without_times(const char *folder)
{
	const uint64_t attr[] = { NO_TIMES, ALL_OF_TIMES, 0, 0 };
	_cleanup_close_ int fd =
		(int)syscall(OPEN_TREE, AT_FDCWD, folder, CLONE_TREE | O_CLOEXEC);

	if (fd < 0 || syscall(SETATTR, fd, "", AT_EMPTY_PATH, attr, sizeof attr) < 0)
		return -1;
	return STEAL_FD(fd);
}

void quiet_release(struct quiet *q)
{
	cleanup_closep(&q->fd);
	buf_release(&q->folder);
	*q = (struct quiet)QUIET_INIT;
}

static void go_to(struct quiet *q, const char *folder, size_t len)
{
	if (q->folder.data && q->folder.len == len && !memcmp(q->folder.data, folder, len))
		return;
	quiet_release(q);
	buf_add(&q->folder, folder, len);
	if (!q->folder.failed)
		q->fd = without_times(q->folder.data);
}

ssize_t quiet_readlink(struct quiet *q, const char *path, char *out)
{
	const char *name = strrchr(path, '/');
	ssize_t n;

	if (!name)
		return -EINVAL;
	go_to(q, path, (size_t)(++name - path));
	if (q->fd < 0)
		return io_readlink(path, out);
	n = readlinkat(q->fd, name, out, PATH_MAX - 1);
	if (n < 0)
		return -errno;
	out[n] = '\0';
	return n;
}

ssize_t quiet_readlink_once(const char *path, char *out)
{
	struct quiet q = QUIET_INIT;
	ssize_t n = quiet_readlink(&q, path, out);

	quiet_release(&q);
	return n;
}
