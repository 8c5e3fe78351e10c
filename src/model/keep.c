/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/keep.h"

#include <dirent.h>
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
#include "base/durable.h"
#include "base/io.h"
#include "base/lease.h"
#include "base/proc.h"
#include "model/object.h"
#include "model/receipt.h"

/* A file may be so many times as long as what may be kept. */
#define HOLES_MAX 64

#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

int keep_init(struct keeper *k, const char *db_path, int64_t run_id)
{
	*k = (struct keeper){ .limit = KEEP_LIMIT_DEFAULT,
		.run_id = run_id,
		.dir = -1,
		.lock = -1,
		.receipts = -1 };
	return asprintf(&k->folder, "%s.d", db_path) < 0 ? -ENOMEM : 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		drop_fd(*fd);
	*fd = -1;
}

void keep_release(struct keeper *k)
{
	close_fd(&k->receipts);
	close_fd(&k->dir);
	close_fd(&k->lock);
	free(k->folder);
	k->folder = NULL;
}

/* Copies that were never finished; with nobody else recording, nobody is at them. */
static void sweep_copies(const struct keeper *k)
{
	DIR *d = io_opendir(k->dir, ".");
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (!strncmp(e->d_name, "tmp-", 4))
			unlinkat(k->dir, e->d_name, 0);
	if (d)
		closedir(d);
}

/*
 * The lock is shared by all that record. While anybody holds it forget takes no
 * object away: one may have been found here, and counted on, before the row
 * that says so is on disk.
 */
static int take_lock(struct keeper *k)
{
	k->lock = openat(k->dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (k->lock < 0)
		return -errno;
	if (flock(k->lock, LOCK_EX | LOCK_NB) == 0)
		sweep_copies(k);
	return flock(k->lock, LOCK_SH) < 0 ? -errno : 0;
}

static int open_receipts(struct keeper *k)
{
	char name[RECEIPT_NAME];

	receipt_folder(name, k->run_id);
	if (mkdirat(k->dir, name, 0700) < 0 && errno != EEXIST)
		return -errno;
	k->new_folder = true;
	k->receipts = openat(k->dir, name, FOLDER);
	return k->receipts < 0 ? -errno : 0;
}

static int open_folder(struct keeper *k)
{
	struct stat st;
	int r = 0;

	if (k->receipts >= 0 || k->error < 0)
		return k->error;
	if (mkdir(k->folder, 0700) < 0 && errno != EEXIST)
		return k->error = -errno;
	k->dir = open(k->folder, FOLDER);
	if (k->dir < 0 || fstat(k->dir, &st) < 0)
		return k->error = -errno;
	k->dev = st.st_dev;
	k->ordered = durable_in_order(k->dir);
	r = take_lock(k);
	if (r == 0)
		r = open_receipts(k);
	return k->error = r;
}

static int open_original(const char *path, const struct inode *now, struct stat *st)
{
	int fd = lease_open(AT_FDCWD, path);

	if (fd < 0)
		return fd == -EWOULDBLOCK ? -EBUSY : fd;
	if (fstat(fd, st) == 0 && st->st_dev == now->dev && st->st_ino == now->ino &&
		S_ISREG(st->st_mode))
		return fd;
	drop_fd(fd);
	return -ESTALE;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* 0: nobody has come to it; 1: somebody has, but no write shows; -EAGAIN: it was written to. */
static int changed_meanwhile(int fd, const struct stat *was)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size != was->st_size || !same_time(&st.st_mtim, &was->st_mtim))
		return -EAGAIN;
	return !same_time(&st.st_ctim, &was->st_ctim);
}

/*
 * A new mode, owner or name moves the time of change, and so does who sets the other time back
 * after he has written. What is read twice as the same was that from the end of the first reading
 * to the start of the second.
 */
static int read_again(int from, int to, const struct stat *st, struct keeping *g, uint64_t *stored)
{
	unsigned char first[SHA256_LEN];
	int r = ftruncate(to, 0) < 0 || lseek(to, 0, SEEK_SET) < 0 ? -errno : 0;

	memcpy(first, g->hash, SHA256_LEN);
	if (r == 0)
		r = copy_content(from, to, g->hash, stored);
	if (r == 0)
		r = changed_meanwhile(from, st);
	return r < 0 ? r : memcmp(first, g->hash, SHA256_LEN) ? -EAGAIN : 0;
}

static int read_into(int from, int to, const struct stat *st, struct keeping *g, uint64_t *stored)
{
	int r = copy_content(from, to, g->hash, stored);

	if (r == 0)
		r = changed_meanwhile(from, st);
	return r > 0 ? read_again(from, to, st, g, stored) : r;
}

static int name_object(struct keeper *k, struct keeping *g)
{
	char folder[3];

	object_name(g->hash, g->name);
	snprintf(folder, sizeof folder, "%.2s", g->name);
	if (mkdirat(k->dir, folder, 0700) == 0)
		k->new_folder = true;
	else if (errno != EEXIST)
		return -errno;
	return 0;
}

/*
 * Is it there, and whole? Then it is on disk, too, before this returns. One that
 * has a name elsewhere, as a file that has not gone yet, does not count; nor is
 * it waited for where a lease is held on it, perhaps by ourselves.
 */
static bool object_whole(const struct keeper *k, const struct keeping *g, const struct stat *st)
{
	_cleanup_close_ int fd =
		openat(k->dir, g->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	unsigned char hash[SHA256_LEN];
	struct stat there;

	return fd >= 0 && fstat(fd, &there) == 0 && S_ISREG(there.st_mode) &&
		there.st_size == st->st_size && there.st_nlink == 1 &&
		digest_sha256(fd, hash) == 0 && !memcmp(hash, g->hash, SHA256_LEN) &&
		durable_data(fd) == 0;
}

/* Of this run alone: numbers of processes come twice where there are two namespaces of them. */
static void unfinished_name(const struct keeper *k, char out[KEEP_TEMP])
{
	snprintf(out, KEEP_TEMP, "tmp-%lld", (long long)k->run_id);
}

/* It has its own name and that in the store, and nobody has come to it since the lease. */
static bool still_ours(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_nlink == 2 && lease_holds(fd);
}

/*
 * One that is damaged has the name, or another recorder's that came just now: it is
 * replaced, and there is never none.
 */
static bool link_over(const struct keeper *k, const char *path, int from, const char *name)
{
	char temp[KEEP_TEMP];

	unfinished_name(k, temp);
	unlinkat(k->dir, temp, 0);
	if (linkat(AT_FDCWD, path, k->dir, temp, AT_SYMLINK_FOLLOW) < 0)
		return false;
	if (still_ours(from) && renameat(k->dir, temp, k->dir, name) == 0)
		return true;
	unlinkat(k->dir, temp, 0);
	return false;
}

/*
 * One name more for the file itself. By the lease nobody can write to it,
 * nor see that it has a name still.
 */
static bool link_object(const struct keeper *k, int from, const char *name)
{
	char path[PROC_PATH];

	if (durable_data(from) < 0)
		return false;
	proc_fd_path(path, getpid(), from);
	if (linkat(AT_FDCWD, path, k->dir, name, AT_SYMLINK_FOLLOW) < 0)
		return errno == EEXIST && link_over(k, path, from, name);
	if (still_ours(from))
		return true;
	unlinkat(k->dir, name, 0);
	return false;
}

int keep_temp(const struct keeper *k, char temp[KEEP_TEMP])
{
	int fd;

	unfinished_name(k, temp);
	fd = openat(k->dir, temp, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

static int copy_object(struct keeper *k, int from, const struct stat *st, struct keeping *g)
{
	uint64_t stored = 0;
	char temp[KEEP_TEMP];
	int r;

	g->copy = keep_temp(k, temp);
	if (g->copy < 0)
		return g->copy;
	r = read_into(from, g->copy, st, g, &stored);
	if (r == 0)
		r = name_object(k, g);
	if (r == 0 && !object_whole(k, g, st)) {
		k->used += stored;
		return 0;
	}
	unlinkat(k->dir, temp, 0);
	close_fd(&g->copy);
	return r;
}

static bool may_link(const struct keeper *k, const struct inode *now)
{
	return now->nlink == 1 && now->dev == k->dev && k->ordered;
}

/* By the names that came and went its time of change is another one. */
static int copy_linked(struct keeper *k, int from, struct keeping *g)
{
	struct stat st;

	if (fstat(from, &st) < 0 || lseek(from, 0, SEEK_SET) < 0)
		return -errno;
	return copy_object(k, from, &st, g);
}

/*
 * Read under the lease: what the name says is what the object is, and a new name or mode of the
 * file is no matter. Linked, *from is g->held.
 */
static int store(struct keeper *k, int *from, bool goes_whole, const struct stat *st,
	struct keeping *g)
{
	int r;

	if (!goes_whole || !lease_take(*from))
		return copy_object(k, *from, st, g);
	r = copy_content(*from, -1, g->hash, NULL);
	if (r == 0)
		r = name_object(k, g);
	if (r < 0 || object_whole(k, g, st))
		return r;
	if (!link_object(k, *from, g->name))
		return copy_linked(k, *from, g);
	k->used += (uint64_t)st->st_blocks * 512;
	g->held = STEAL_FD(*from);
	return 0;
}

enum keep keep_begin(struct keeper *k, const char *path, const struct inode *now, bool goes_whole,
	struct keeping *g)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	uint64_t size;

	*g = (struct keeping)KEEPING_INIT;
	if (k->off)
		return KEEP_OFF;
	fd = open_original(path, now, &st);
	if (fd < 0) {
		g->error = fd;
		return KEEP_FAILED;
	}
	size = (uint64_t)st.st_blocks * 512 < (uint64_t)st.st_size ? (uint64_t)st.st_blocks * 512 :
								      (uint64_t)st.st_size;
	/* A hole costs nothing but the time to read it, which is long enough of a terabyte. */
	if (size > k->limit || k->used > k->limit - size ||
		(uint64_t)st.st_size / HOLES_MAX > k->limit)
		return KEEP_LIMIT;
	g->error = open_folder(k);
	if (g->error == 0)
		g->error = store(k, &fd, goes_whole && may_link(k, now), &st, g);
	return g->error < 0 ? KEEP_FAILED : KEEP_WHOLE;
}

/* What is too long for a symlink stands in a file, and that one is flushed. */
static int write_receipt(const struct keeper *k, const char *name, const struct buf *text)
{
	_cleanup_close_ int fd = -1;

	if (text->len <= RECEIPT_LINK_MAX && symlinkat(text->data, k->receipts, name) == 0)
		return 0;
	if (text->len <= RECEIPT_LINK_MAX && errno != ENAMETOOLONG && errno != EPERM)
		return -errno;
	fd = openat(k->receipts, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	return durable_write(fd, text->data, text->len);
}

int keep_receipt(struct keeper *k, const struct touch *t, struct original *o)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char name[32];
	int r;

	if (k->off)
		return 0;
	r = open_folder(k);
	receipt_pack(&text, t, o);
	if (r == 0 && text.failed)
		r = -ENOMEM;
	snprintf(name, sizeof name, "%llu", (unsigned long long)k->last_receipt + 1);
	if (r == 0)
		r = write_receipt(k, name, &text);
	if (r == 0)
		o->receipt = ++k->last_receipt;
	return r;
}

/* The names: of the object, of its folder, of the receipt. */
static int flush_names(struct keeper *k, const struct keeping *g)
{
	_cleanup_close_ int folder = -1;
	char name[3];
	int r;

	snprintf(name, sizeof name, "%.2s", g->name);
	folder = *name ? openat(k->dir, name, FOLDER) : -1;
	r = folder < 0 ? 0 : durable_sync(folder);
	if (r == 0)
		r = durable_sync(k->receipts);
	if (r == 0 && k->new_folder)
		r = durable_sync(k->dir);
	k->new_folder = k->new_folder && r < 0;
	return r;
}

int keep_end(struct keeper *k, uint64_t victims_dev, struct keeping *g)
{
	char temp[KEEP_TEMP];
	int r = 0;

	if (k->receipts < 0)
		return 0;
	unfinished_name(k, temp);
	/* Flushed under its last name: what was done to it before is on disk with it. */
	if (g->copy >= 0 && renameat(k->dir, temp, k->dir, g->name) < 0)
		r = -errno;
	if (g->copy >= 0 && r == 0)
		r = durable_sync(g->copy);
	close_fd(&g->copy);
	if (r == 0 && (!k->ordered || victims_dev != k->dev))
		r = flush_names(k, g);
	return r;
}
