/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/keep-linked.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/copy.h"
#include "base/durable.h"
#include "base/lease.h"
#include "model/object.h"

/* Whole, and on disk, before the file's second name goes: it may be the last one. */
static int fill_copy(int from, int to, const unsigned char *hash)
{
	unsigned char is[SHA256_LEN];
	int r = lseek(from, 0, SEEK_SET) < 0 ? -errno : copy_content(from, to, is, NULL);

	if (r == 0 && memcmp(is, hash, SHA256_LEN))
		r = -EAGAIN;
	return r < 0 ? r : durable_sync(to);
}

static int copy_in_place(const struct keeper *k, int from, const char *object,
	const unsigned char *hash)
{
	_cleanup_close_ int to = -1;
	char temp[KEEP_TEMP];
	int r;

	to = keep_temp(k, temp);
	r = to < 0 ? to : fill_copy(from, to, hash);
	if (r == 0 && renameat(k->dir, temp, k->dir, object) < 0)
		r = -errno;
	if (r < 0 && to >= 0)
		unlinkat(k->dir, temp, 0);
	return r;
}

int keep_settle(struct keeper *k, const unsigned char *hash, bool failed, int *held)
{
	char object[OBJECT_NAME];
	struct stat st;
	int r = fstat(*held, &st) < 0 ? -errno : 0;

	object_name(hash, object);
	if (r == 0 && (st.st_nlink > 1 || !lease_holds(*held))) {
		r = copy_in_place(k, *held, object, hash);
		/* Nobody has counted on it; and the last name it is not. */
		if (r < 0 && failed && st.st_nlink > 1)
			unlinkat(k->dir, object, 0);
	}
	drop_fd(STEAL_FD(*held));
	return r;
}

void keep_let_go(struct keeping *g, struct keep_linked *l)
{
	struct stat st;

	if (g->held < 0)
		return;
	l->is = true;
	memcpy(l->hash, g->hash, SHA256_LEN);
	if (fstat(g->held, &st) == 0)
		l->changed = st.st_ctim;
	drop_fd(STEAL_FD(g->held));
}

static bool was_left_alone(const struct stat *now, const struct keep_linked *l)
{
	return now->st_nlink == 2 && now->st_ctim.tv_sec == l->changed.tv_sec &&
		now->st_ctim.tv_nsec == l->changed.tv_nsec;
}

int keep_hold(const struct keeper *k, const struct keep_linked *l, int dir, const char *name,
	int *held)
{
	_cleanup_close_ int fd = l->is ? lease_open(dir, name) : -1;
	char object[OBJECT_NAME];
	struct stat st;
	bool leased;

	if (!l->is || fd < 0)
		return l->is ? fd : 0;
	leased = lease_take(fd);
	if (fstat(fd, &st) < 0)
		return -errno;
	/* The object is another file by now: whoever kept the same has put a copy there. */
	if (st.st_nlink == 1)
		return 0;
	if (leased && was_left_alone(&st, l)) {
		*held = STEAL_FD(fd);
		return 0;
	}
	object_name(l->hash, object);
	return copy_in_place(k, fd, object, l->hash);
}
