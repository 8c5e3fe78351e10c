/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/copy.h"

int keep_init(struct keeper *k, const char *db_path)
{
	*k = (struct keeper){ .limit = KEEP_LIMIT_DEFAULT, .dir = -1, .lock = -1 };
	return asprintf(&k->folder, "%s.d", db_path) < 0 ? -ENOMEM : 0;
}

void keep_release(struct keeper *k)
{
	if (k->dir >= 0)
		close(k->dir);
	if (k->lock >= 0)
		close(k->lock);
	free(k->folder);
	k->folder = NULL;
	k->dir = k->lock = -1;
}

/*
 * The lock is shared by all that record. While anybody holds it forget takes no
 * object away: one may have been found here, and counted on, before the row
 * that says so is on disk.
 */
static int open_folder(struct keeper *k)
{
	if (k->dir >= 0 || k->error < 0)
		return k->error;
	if (mkdir(k->folder, 0700) < 0 && errno != EEXIST)
		return k->error = -errno;
	k->dir = open(k->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (k->dir >= 0)
		k->lock = openat(k->dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (k->lock < 0 || flock(k->lock, LOCK_SH) < 0)
		k->error = -errno;
	return k->error;
}

static int open_original(const char *path, const struct inode *now, struct stat *st)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = open(path, flags | O_NOATIME);

	if (fd < 0 && errno == EPERM)
		fd = open(path, flags);
	if (fd < 0)
		return -errno;
	if (fstat(fd, st) == 0 && st->st_dev == now->dev && st->st_ino == now->ino && S_ISREG(st->st_mode))
		return fd;
	close(fd);
	return -ESTALE;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool changed_meanwhile(int fd, const struct stat *was)
{
	struct stat st;

	return fstat(fd, &st) < 0 || st.st_size != was->st_size ||
		!same_time(&st.st_mtim, &was->st_mtim) || !same_time(&st.st_ctim, &was->st_ctim);
}

/* "tmp-PID" -> "ab/cdef..."; one that is there already is the same. */
static int give_name(struct keeper *k, const char *temp, const unsigned char hash[SHA256_LEN])
{
	char hex[2 * SHA256_LEN + 1], folder[3], name[2 * SHA256_LEN + 2];

	digest_hex(hash, SHA256_LEN, hex);
	snprintf(folder, sizeof folder, "%.2s", hex);
	snprintf(name, sizeof name, "%.2s/%s", hex, hex + 2);
	if (mkdirat(k->dir, folder, 0700) < 0 && errno != EEXIST)
		return -errno;
	return renameat(k->dir, temp, k->dir, name) < 0 ? -errno : 0;
}

static int store(struct keeper *k, int fd, const struct stat *st, unsigned char hash[SHA256_LEN])
{
	_cleanup_close_ int to = -1;
	uint64_t stored = 0;
	char temp[32];
	int r;

	snprintf(temp, sizeof temp, "tmp-%d", getpid());
	to = openat(k->dir, temp, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return -errno;
	r = copy_content(fd, to, hash, &stored);
	if (r == 0 && changed_meanwhile(fd, st))
		r = -EAGAIN;
	if (r == 0)
		r = give_name(k, temp, hash);
	if (r < 0)
		unlinkat(k->dir, temp, 0);
	else
		k->used += stored;
	return r;
}

enum keep keep_content(struct keeper *k, const char *path, const struct inode *now,
	unsigned char hash[SHA256_LEN], int *error)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	uint64_t size;
	int r;

	*error = 0;
	if (k->off)
		return KEEP_OFF;
	fd = open_original(path, now, &st);
	if (fd < 0) {
		*error = fd;
		return KEEP_FAILED;
	}
	size = (uint64_t)st.st_blocks * 512 < (uint64_t)st.st_size ? (uint64_t)st.st_blocks * 512 :
								      (uint64_t)st.st_size;
	if (size > k->limit || k->used > k->limit - size)
		return KEEP_LIMIT;
	r = open_folder(k);
	if (r == 0)
		r = store(k, fd, &st, hash);
	*error = r;
	return r < 0 ? KEEP_FAILED : KEEP_WHOLE;
}
