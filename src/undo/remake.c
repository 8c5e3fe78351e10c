/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/remake.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/copy.h"
#include "base/ids.h"
#include "base/io.h"
#include "base/lease.h"
#include "base/proc.h"
#include "base/xattrs.h"
#include "model/object.h"

void temp_name(char out[TEMP_MAX], const struct temps *of, int64_t path_id)
{
	snprintf(out, TEMP_MAX, ".buildaudit-%lld-%lld-%llx.tmp", (long long)of->run_id,
		(long long)path_id, (unsigned long long)of->started_ns);
}

static struct timespec at_ns(int64_t ns)
{
	struct timespec t = { ns / 1000000000, ns % 1000000000 };

	if (t.tv_nsec < 0) {
		t.tv_sec--;
		t.tv_nsec += 1000000000;
	}
	return t;
}

static int set_times(int dir, const char *path, const struct side *want, int flags)
{
	struct timespec t[2] = { { 0, UTIME_OMIT }, at_ns(want->i.mtime_ns) };

	return utimensat(dir, path, t, flags) < 0 ? -errno : 0;
}

static bool has_rights_of(const struct stat *st, const struct side *want)
{
	return S_ISLNK(want->i.mode) || (st->st_mode & 07777) == (want->i.mode & 07777);
}

static bool has_time_of(const struct stat *st, const struct side *want)
{
	const struct timespec t = at_ns(want->i.mtime_ns);

	return st->st_mtim.tv_sec == t.tv_sec && st->st_mtim.tv_nsec == t.tv_nsec;
}

/* chown first: it takes capabilities and set-uid away. */
static int set_owner(int fd, struct stat *st, const struct side *want)
{
	if (st->st_uid == want->i.uid && st->st_gid == want->i.gid)
		return 0;
	return fchownat(fd, "", ids_user(want->i.uid), ids_group(want->i.gid), AT_EMPTY_PATH) < 0 ||
			fstat(fd, st) < 0 ?
		-errno :
		0;
}

/*
 * Through a descriptor (O_PATH will do), so that what it is stays what was looked at. What is so
 * already is not set: who may move a file need not be its owner.
 */
static int set_meta(int fd, const struct side *want)
{
	char path[PROC_PATH];
	struct stat st;
	int r;

	proc_fd_path(path, getpid(), fd);
	if (fstat(fd, &st) < 0)
		return -errno;
	if ((st.st_mode & S_IFMT) != (want->i.mode & S_IFMT))
		return -ESTALE;
	r = set_owner(fd, &st, want);
	if (r == 0 && !has_rights_of(&st, want))
		r = chmod(path, want->i.mode & 07777) < 0 ? -errno : 0;
	if (r == 0 && want->has_xattrs)
		r = xattrs_apply(path, true, want->xattrs.data, want->xattrs.len);
	if (r == 0 && !has_time_of(&st, want))
		r = set_times(AT_FDCWD, path, want, 0);
	/* For who is not in its group set-group-id is left out, without a word. */
	if (r == 0 && fstat(fd, &st) == 0 && ((st.st_mode ^ want->i.mode) & S_ISGID))
		r = -EPERM;
	return r;
}

/* An O_PATH descriptor of what is that inode still, or -errno. */
static int open_still(int dir, const char *name, const struct inode *is)
{
	_cleanup_close_ int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	return st.st_ino == is->ino && st.st_dev == is->dev ? STEAL_FD(fd) : -ESTALE;
}

int remake_meta(int dir, const char *name, const struct inode *is, const struct side *want)
{
	_cleanup_close_ int fd = open_still(dir, name, is);

	return fd < 0 ? fd : set_meta(fd, want);
}

int remake_time(int dir, const char *name, const struct inode *is, int64_t mtime_ns)
{
	_cleanup_close_ int fd = open_still(dir, name, is);
	const struct side want = { .i = { .mtime_ns = mtime_ns } };
	char path[PROC_PATH];

	if (fd < 0)
		return fd;
	proc_fd_path(path, getpid(), fd);
	return set_times(AT_FDCWD, path, &want, 0);
}

static int open_object(int objects, const struct side *want)
{
	char name[OBJECT_NAME];
	int fd;

	if (!want->has_hash || objects < 0)
		return -ENODATA;
	object_name(want->hash, name);
	fd = openat(objects, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? errno == ENOENT ? -ENODATA : -errno : fd;
}

/* What is read has to be what is wanted, where that is known. */
static int copy_wanted(int from, int to, const struct side *want)
{
	unsigned char hash[SHA256_LEN];
	int r;

	if (!want->has_hash)
		return copy_content(from, to, NULL, NULL);
	r = copy_content(from, to, hash, NULL);
	return r == 0 && memcmp(hash, want->hash, SHA256_LEN) ? -EUCLEAN : r;
}

static int new_file(int dir, const char *name, const struct side *want, int from)
{
	_cleanup_close_ int to =
		openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r;

	if (to < 0)
		return -errno;
	r = from >= 0 ? copy_wanted(from, to, want) : 0;
	return r < 0 ? r : set_meta(to, want);
}

/* Attributes that are not on record are as they were. */
static int copy_xattrs(int from, int to)
{
	_cleanup_buf_ struct buf is = BUF_INIT;
	char path[PROC_PATH];
	int r;

	proc_fd_path(path, getpid(), from);
	r = xattrs_read(path, true, &is);
	if (r < 0)
		return r;
	proc_fd_path(path, getpid(), to);
	return xattrs_apply(path, true, is.data, is.len);
}

int remake_copy(int dir, const char *from, const struct inode *is, const char *name,
	const struct side *want, unsigned char *hash)
{
	_cleanup_close_ int old = -1, new = -1;
	struct stat st;
	int r;

	old = io_open_content(dir, from);
	if (old < 0)
		return old;
	if (fstat(old, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_ino != is->ino || st.st_dev != is->dev)
		return -ESTALE;
	new = openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (new < 0)
		return -errno;
	r = copy_content(old, new, hash, NULL);
	if (r == 0 && want->has_hash && memcmp(hash, want->hash, SHA256_LEN))
		return -ESTALE;
	if (r == 0 && !want->has_xattrs)
		r = copy_xattrs(old, new);
	return r < 0 ? r : set_meta(new, want);
}

/*
 * Of what has no descriptor that was made with it, the type alone tells that it
 * is ours; the number of a device, too. Nobody gains by the owner of another one.
 */
static int set_meta_made(int dir, const char *name, const struct side *want)
{
	_cleanup_close_ int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	return st.st_rdev == want->i.rdev ? set_meta(fd, want) : -ESTALE;
}

int remake_new(int dir, const char *name, const struct side *want, int objects)
{
	_cleanup_close_ int from = -1;

	if (S_ISREG(want->i.mode) && want->i.size) {
		from = open_object(objects, want);
		if (from < 0)
			return from;
	}
	return remake_from(dir, name, want, from);
}

int remake_from(int dir, const char *name, const struct side *want, int from)
{
	int r = 0;

	if (S_ISREG(want->i.mode))
		return new_file(dir, name, want, from);
	if (S_ISLNK(want->i.mode))
		r = !want->target ? -ENODATA : symlinkat(want->target, dir, name) < 0 ? -errno : 0;
	else if (mknodat(dir, name, (want->i.mode & S_IFMT) | 0600, want->i.rdev) < 0)
		r = -errno;
	return r < 0 ? r : set_meta_made(dir, name, want);
}

static int check_object(int fd, const struct side *want)
{
	unsigned char hash[SHA256_LEN];
	int r = digest_sha256(fd, hash);

	if (r == 0 && memcmp(hash, want->hash, SHA256_LEN))
		r = -EUCLEAN;
	return r < 0 ? r : lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0;
}

bool object_whole(int objects, const struct side *want)
{
	_cleanup_close_ int fd = open_object(objects, want);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		(uint64_t)st.st_size == want->i.size && check_object(fd, want) == 0;
}

/* Where a power cut has left nothing there is nothing, too. */
static bool same_start(int one, int other, uint64_t size)
{
	static const char nothing[4096];
	char a[sizeof nothing], b[sizeof nothing];

	while (size > 0) {
		size_t n = size < sizeof a ? (size_t)size : sizeof a;

		if (io_read_all(one, a, n) != (ssize_t)n ||
			io_read_all(other, b, n) != (ssize_t)n ||
			(memcmp(a, b, n) != 0 && memcmp(nothing, b, n) != 0))
			return false;
		size -= n;
	}
	return true;
}

bool remake_is_begun(int dir, const char *name, const struct inode *now, const struct side *want,
	int objects)
{
	_cleanup_close_ int whole = -1, there = -1;

	if (now->size > want->i.size)
		return false;
	if (now->size == 0)
		return true;
	whole = open_object(objects, want);
	there = io_open_content(dir, name);
	return whole >= 0 && there >= 0 && same_start(whole, there, now->size);
}

int remake_in_place(int dir, const char *name, const struct inode *now, const struct side *want,
	int objects)
{
	_cleanup_close_ int from = -1;
	int r = 0;

	if (want->i.size) {
		from = open_object(objects, want);
		r = from < 0 ? from : check_object(from, want);
	}
	return r < 0 ? r : remake_in_place_from(dir, name, now, want, from);
}

int remake_in_place_from(int dir, const char *name, const struct inode *now,
	const struct side *want, int from)
{
	_cleanup_close_ int to = openat(dir, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	int r = 0;

	if (to < 0)
		return -errno;
	/* Who opens it from here on waits, and writes to what it is then; not who has it open. */
	IGNORE(lease_take(to));
	if (fstat(to, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_ino != now->ino || st.st_dev != now->dev ||
		(uint64_t)st.st_size != now->size || io_ns(&st.st_mtim) != now->mtime_ns)
		return -ESTALE;
	if (ftruncate(to, 0) < 0)
		return -errno;
	if (from >= 0)
		r = copy_content(from, to, NULL, NULL);
	return r < 0 ? r : set_meta(to, want);
}
