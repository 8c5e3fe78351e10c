/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_IO_H
#define BASE_IO_H
#include <dirent.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/buf.h"
#include "base/cleanup.h"

/* All n bytes, through short writes and EINTR. 0 or -errno. */
int io_write_all(int fd, const void *data, size_t n) MUST_CHECK;
/* Up to n bytes until the end of the file; how many, or -errno. */
ssize_t io_read_all(int fd, void *data, size_t n) MUST_CHECK;
/* The whole of a file, such as one below /proc, at most limit bytes. 0 or -errno. */
int io_read_file(const char *path, struct buf *out, size_t limit) MUST_CHECK;
/* The same from a descriptor, from its place on. */
int io_read_fd(int fd, struct buf *out, size_t limit) MUST_CHECK;
/*
 * The same of a file `name` below dir, symlinks followed, that nothing has to
 * be waited for at: -EINVAL when it is no regular one.
 */
int io_read_regular(int dir, const char *name, struct buf *out, size_t limit) MUST_CHECK;
/* The first line of a small file, at most size - 1 bytes of it, into out; "" when there is none. */
void io_read_line(const char *path, char *out, size_t size);
/*
 * open(2) without a mode; path, when canonical, may be longer than a call takes.
 * O_NOATIME is left away where it is not for us. A descriptor or -errno.
 */
int io_open(const char *path, int flags) MUST_CHECK;
/* The same of `name` below dir. */
int io_openat(int dir, const char *name, int flags) MUST_CHECK;
/*
 * What is in the file `name` below dir (AT_FDCWD will do), no symlink, to be read, which its time
 * of access does not tell. What stands there by now may be anything: nothing is waited for. A
 * descriptor or -errno.
 */
int io_open_content(int dir, const char *name) MUST_CHECK;
/*
 * What to read nothing from and to lose what is written to: /dev/null, and where that cannot be
 * had, as in a chroot without /dev, a file without a name. A descriptor or -errno.
 */
int io_open_nothing(void) MUST_CHECK;
/* The text of the symlink path (as there) into out, which has PATH_MAX bytes. Length or -errno. */
ssize_t io_readlink(const char *path, char *out) MUST_CHECK;
/*
 * The folder `name` below dir (AT_FDCWD will do), no symlink, to be
 * read, which its time of access does not tell. NULL: errno says why.
 */
DIR *io_opendir(int dir, const char *name) MUST_CHECK;
/* mkdir -p of path with the mode for what is made. 0 or -errno. */
int io_mkdirs(const char *path, mode_t mode) MUST_CHECK;
/* A time in nanoseconds. */
int64_t io_ns(const struct timespec *t);
/* Nanoseconds since 1970-01-01 UTC, and of the monotonic clock. */
int64_t io_now_ns(void);
int64_t io_monotonic_ns(void);
/* The clock that file systems stamp files with: never ahead of a stamp that comes later. */
int64_t io_coarse_ns(void);

#endif
