/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/parents.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

#define FOLDER (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

void parents_forget(struct parents *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	p->path[0] = '\0';
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
			close(fd);
			return -ENAMETOOLONG;
		}
		memcpy(name, path, n);
		name[n] = '\0';
		next = openat(fd, name, FOLDER);
		close(fd);
		if (next < 0)
			return -errno;
		fd = next;
		path += n;
		path += *path == '/';
	}
	return fd < 0 ? -errno : fd;
}

static int open_folder(const char *path)
{
	_cleanup_close_ int root = open("/", FOLDER);
	struct open_how how = { .flags = FOLDER,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH };
	int fd;

	if (root < 0)
		return -errno;
	if (path[1] == '\0')
		return STEAL_FD(root);
	fd = (int)syscall(SYS_openat2, root, path + 1, &how, sizeof how);
	if (fd >= 0)
		return fd;
	return errno == ENOSYS || errno == EPERM ? step_by_step(root, path + 1) : -errno;
}

/* "." and ".." are no names, and an empty one neither. */
static int is_plain(const char *path)
{
	const char *p = path;

	if (*p != '/')
		return 0;
	while (*p == '/') {
		size_t n = strcspn(++p, "/");

		if (n == 0 || n > NAME_MAX || (n == 1 && *p == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
			return 0;
		p += n;
	}
	return 1;
}

int parents_open(struct parents *p, const char *path, int *dir, const char **name)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];
	size_t n;
	int fd;

	if (!is_plain(path) || strlen(path) >= sizeof folder)
		return -EINVAL;
	n = slash == path ? 1 : (size_t)(slash - path);
	memcpy(folder, path, n);
	folder[n] = '\0';
	if (p->fd < 0 || strcmp(folder, p->path)) {
		fd = open_folder(folder);
		if (fd < 0)
			return fd == -ENOTDIR ? -ELOOP : fd;
		parents_forget(p);
		p->fd = fd;
		memcpy(p->path, folder, n + 1);
	}
	*dir = p->fd;
	*name = slash + 1;
	return 0;
}
