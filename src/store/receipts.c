/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/receipts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/io.h"
#include "model/receipt.h"

static DIR *open_folder(const struct db *db, int64_t run_id)
{
	_cleanup_free_ char *path = NULL;
	char name[RECEIPT_NAME];

	receipt_folder(name, run_id);
	return asprintf(&path, "%s.d/%s", db_path(db), name) < 0 ? NULL :
								   io_opendir(AT_FDCWD, path);
}

void receipts_drop(struct db *db, int64_t run_id, uint64_t upto)
{
	DIR *d = open_folder(db, run_id);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.' && strtoull(e->d_name, NULL, 10) <= upto)
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}

void receipts_end(struct db *db, int64_t run_id)
{
	_cleanup_free_ char *path = NULL;
	char name[RECEIPT_NAME];

	receipts_drop(db, run_id, UINT64_MAX);
	receipt_folder(name, run_id);
	if (asprintf(&path, "%s.d/%s", db_path(db), name) >= 0)
		rmdir(path);
}

/* The text of a link, or of the file that stands for one that would be too long. */
static int read_text(int dir, const char *name, struct buf *out)
{
	char *room = buf_room(out, PATH_MAX);
	ssize_t n = room ? readlinkat(dir, name, room, PATH_MAX) : -1;
	_cleanup_close_ int fd = -1;

	if (n >= 0) {
		out->len = (size_t)n;
		room[n] = '\0';
		return 0;
	}
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : io_read_fd(fd, out, 1U << 24);
}

static int apply_one(struct run *run, int dir, const char *name)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	unsigned char hash[SHA256_LEN];
	struct original o;
	struct touch t;
	int r = read_text(dir, name, &text);

	/* One that was cut off by a power cut was not on disk: then the call had not gone on. */
	if (r < 0 || receipt_unpack(text.data, text.len, &t, &o, hash) < 0)
		return r;
	r = run_touch(run, &t);
	return r == 0 ? run_original(run, &o) : r;
}

static int by_number(const struct dirent **a, const struct dirent **b)
{
	unsigned long long x = strtoull((*a)->d_name, NULL, 10),
			   y = strtoull((*b)->d_name, NULL, 10);

	return x < y ? -1 : x > y;
}

static int is_receipt(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

int receipts_apply(struct run *run)
{
	DIR *d = open_folder(run->db, run->id);
	struct dirent **names = NULL;
	int n = d ? scandirat(dirfd(d), ".", &names, is_receipt, by_number) : 0, i, r = 0;

	for (i = 0; i < n; i++) {
		if (r == 0)
			r = apply_one(run, dirfd(d), names[i]->d_name);
		free(names[i]);
	}
	free(names);
	if (d)
		closedir(d);
	return r < 0 ? r : n < 0 ? -errno : n;
}
