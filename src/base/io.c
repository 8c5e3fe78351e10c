/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/parents.h"

int io_write_all(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -errno;
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

int io_open_nothing(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		fd = memfd_create("nothing", MFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

ssize_t io_read_all(int fd, void *data, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = read(fd, (char *)data + got, n - got);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

int io_read_fd(int fd, struct buf *out, size_t limit)
{
	while (out->len < limit) {
		size_t want = limit - out->len < 16384 ? limit - out->len : 16384;
		char *p = buf_room(out, want);
		ssize_t r;

		if (!p)
			return -ENOMEM;
		r = io_read_all(fd, p, want);
		if (r < 0)
			return (int)r;
		out->len += (size_t)r;
		out->data[out->len] = '\0';
		if ((size_t)r < want)
			break;
	}
	return 0;
}

int io_read_file(const char *path, struct buf *out, size_t limit)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : io_read_fd(fd, out, limit);
}

int io_read_regular(int dir, const char *name, struct buf *out, size_t limit)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	/* asked first: to open a device may do something */
	if (fstatat(dir, name, &st, 0) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? io_read_fd(fd, out, limit) : -EINVAL;
}

void io_read_line(const char *path, char *out, size_t size)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	out[0] = '\0';
	if (io_read_file(path, &text, size - 1) == 0 && text.data)
		snprintf(out, size, "%.*s", (int)strcspn(text.data, "\n"), text.data);
}

int io_openat(int dir, const char *name, int flags)
{
	int fd = openat(dir, name, flags);

	if (fd < 0 && errno == EPERM && (flags & O_NOATIME))
		fd = openat(dir, name, flags & ~O_NOATIME);
	return fd < 0 ? -errno : fd;
}

int io_open(const char *path, int flags)
{
	struct parents parents = PARENTS_INIT;
	const char *name;
	int dir, fd = parents_reach(&parents, path, &dir, &name);

	if (fd == 0)
		fd = io_openat(dir, name, flags);
	parents_forget(&parents);
	return fd;
}

int io_open_content(int dir, const char *name)
{
	const int flags =
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOATIME;

	return dir == AT_FDCWD ? io_open(name, flags) : io_openat(dir, name, flags);
}

ssize_t io_readlink(const char *path, char *out)
{
	struct parents parents = PARENTS_INIT;
	const char *name;
	ssize_t n;
	int dir, r = parents_reach(&parents, path, &dir, &name);

	if (r < 0)
		return r;
	n = readlinkat(dir, name, out, PATH_MAX - 1);
	if (n < 0)
		n = -errno;
	else
		out[n] = '\0';
	parents_forget(&parents);
	return n;
}

DIR *io_opendir(int dir, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NOATIME;
	int fd = dir == AT_FDCWD ? io_open(name, flags) : io_openat(dir, name, flags);
	DIR *d;

	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	d = fdopendir(fd);
	if (!d)
		drop_fd(fd);
	return d;
}

int io_mkdirs(const char *path, mode_t mode)
{
	_cleanup_free_ char *copy = strdup(path);
	char *p;

	if (!copy)
		return -ENOMEM;
	for (p = copy + 1;; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, mode) < 0 && errno != EEXIST && !(c && errno == EROFS))
			return -errno;
		if (!c)
			return 0;
		*p = '/';
	}
}

int64_t io_ns(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static int64_t clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return io_ns(&t);
}

int64_t io_now_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

int64_t io_coarse_ns(void)
{
	return clock_ns(CLOCK_REALTIME_COARSE);
}

int64_t io_monotonic_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}
