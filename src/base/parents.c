/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/parents.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

#define FOLDER (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

void parents_forget(struct parents *p)
{
	if (p->fd >= 0)
		drop_fd(p->fd);
	p->fd = -1;
	buf_release(&p->path);
}

/* Without openat2 (Linux before 5.6, some containers): a component at a time. */
static int step_by_step(int root, const char *path)
{
	int fd = fcntl(root, F_DUPFD_CLOEXEC, 0);
	char name[NAME_MAX + 1];

	while (fd >= 0 && *path) {
		size_t n = strcspn(path, "/");
		int next;

		if (n >= sizeof name) {
			drop_fd(fd);
			return -ENAMETOOLONG;
		}
		memcpy(name, path, n);
		name[n] = '\0';
		next = openat(fd, name, FOLDER);
		drop_fd(fd);
		if (next < 0)
			return -errno;
		fd = next;
		path += n;
		path += *path == '/';
	}
	return fd < 0 ? -errno : fd;
}

static int open_part(int from, const char *path)
{
	struct open_how how = { .flags = FOLDER,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH };
	int fd = (int)syscall(SYS_openat2, from, path, &how, sizeof how);

	if (fd >= 0)
		return fd;
	return errno == ENOSYS || errno == EPERM ? step_by_step(from, path) : -errno;
}

/* The end of a part that a call takes: of all of it, or at a slash. */
static size_t part_ends(const char *path, size_t len)
{
	size_t n = PATH_MAX - 1;

	if (len <= n)
		return len;
	while (path[n] != '/')
		n--;
	return n;
}

/* The folder `path`, of which len bytes count; it is written to. */
static int open_folder(int root, char *path, size_t len)
{
	int fd = root >= 0 ? fcntl(root, F_DUPFD_CLOEXEC, 0) : open("/", FOLDER), next;
	size_t n;

	if (fd < 0)
		return -errno;
	for (path++, len--; fd >= 0 && len > 0; path += n, len -= n) {
		char end;

		n = part_ends(path, len);
		end = path[n];
		path[n] = '\0';
		next = open_part(fd, path);
		path[n] = end;
		n += n < len; /* the slash */
		drop_fd(fd);
		fd = next;
	}
	return fd;
}

/* "." and ".." are no names, and an empty one neither. */
static int is_plain(const char *path)
{
	const char *p = path;

	if (*p != '/')
		return 0;
	while (*p == '/') {
		size_t n = strcspn(++p, "/");

		if (n == 0 || n > NAME_MAX || (n == 1 && *p == '.') ||
			(n == 2 && p[0] == '.' && p[1] == '.'))
			return 0;
		p += n;
	}
	return 1;
}

int parents_reach(struct parents *p, const char *path, int *dir, const char **name)
{
	*dir = AT_FDCWD;
	*name = path;
	return strlen(path) < PATH_MAX ? 0 : parents_open(p, path, dir, name);
}

int parents_open(struct parents *p, const char *path, int *dir, const char **name)
{
	const char *slash = strrchr(path, '/');
	_cleanup_buf_ struct buf folder = BUF_INIT;
	size_t n;
	int fd;

	if (!is_plain(path))
		return -EINVAL;
	n = slash == path ? 1 : (size_t)(slash - path);
	if (p->fd < 0 || p->path.len != n || memcmp(path, p->path.data, n)) {
		buf_add(&folder, path, n);
		fd = folder.failed ? -ENOMEM : open_folder(p->root, folder.data, folder.len);
		if (fd < 0)
			return fd == -ENOTDIR ? -ELOOP : fd;
		parents_forget(p);
		p->fd = fd;
		p->path = folder;
		folder = (struct buf)BUF_INIT;
	}
	*dir = p->fd;
	*name = slash + 1;
	return 0;
}
