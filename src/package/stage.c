/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "package/say.h"
#include "package/stop.h"
#include "package/tree.h"

/* Thousands of small files are made and removed there: in memory that is four times as quick as on a disk. */
#define IN_MEMORY (128LL << 20)

static bool fits_in_memory(const char *folder, const struct payload *p)
{
	struct statvfs fs;
	int64_t need = 0;
	size_t i;

	/* The package is made there, too; each file has a page that is not full. */
	for (i = 0; i < p->count; i++)
		if (S_ISREG(p->entries[i]->mode) && p->entries[i]->first == p->entries[i])
			need += 2 * p->entries[i]->size + 8192;
	return need <= IN_MEMORY && access(folder, W_OK) == 0 && statvfs(folder, &fs) == 0 &&
	       (int64_t)fs.f_bavail > 2 * need / (int64_t)fs.f_frsize && fs.f_favail > 2 * p->count + 1000;
}

char *stage_folder(const struct payload *p)
{
	const char *tmp = getenv("TMPDIR");
	struct buf name = BUF_INIT;
	char *folder;

	if (!tmp || *tmp != '/')
		tmp = fits_in_memory("/dev/shm", p) ? "/dev/shm" : "/var/tmp";
	buf_addf(&name, "%s/buildaudit-stage.XXXXXX", tmp);
	folder = buf_steal(&name);
	if (!folder || !mkdtemp(folder)) {
		say_failed("cannot make a folder: %s", strerror(errno));
		free(folder);
		return NULL;
	}
	return folder;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path) < 0 && errno != ENOENT;
}

void stage_remove(const char *folder)
{
	nftw(folder, remove_one, 32, FTW_DEPTH | FTW_PHYS);
}

/* The kernel copies, sharing the blocks where the file system can. */
static int copy_file(const char *to, const struct entry *e)
{
	_cleanup_close_ int in = open(entry_source(e), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	_cleanup_close_ int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	char chunk[65536];
	ssize_t n;

	if (in < 0 || out < 0)
		return -errno;
	while ((n = copy_file_range(in, NULL, out, NULL, 1U << 30, 0)) > 0)
		;
	if (n == 0)
		return 0;
	/* between file systems of another kind it is ours to do */
	while ((n = read(in, chunk, sizeof chunk)) > 0)
		if (io_write_all(out, chunk, (size_t)n) < 0)
			return -errno;
	return n < 0 ? -errno : 0;
}

static int make_one(const char *folder, const char *to, const struct entry *e)
{
	if (S_ISDIR(e->mode))
		return io_mkdirs(to, 0755);
	if (S_ISLNK(e->mode))
		return symlink(e->target, to) < 0 ? -errno : 0;
	if (S_ISFIFO(e->mode))
		return mkfifo(to, 0600) < 0 ? -errno : 0;
	if (e->first != e) {
		_cleanup_buf_ struct buf first = BUF_INIT;

		buf_addf(&first, "%s%s", folder, e->first->path);
		return first.failed ? -ENOMEM : link(first.data, to) < 0 ? -errno : 0;
	}
	return copy_file(to, e);
}

static int place(const char *folder, const struct entry *e)
{
	_cleanup_buf_ struct buf to = BUF_INIT;
	char *slash;
	int r;

	buf_addf(&to, "%s%s", folder, e->path);
	if (to.failed)
		return say_no_memory();
	r = make_one(folder, to.data, e);
	if (r == -ENOENT) { /* the first in a folder that is no payload */
		slash = strrchr(to.data, '/');
		*slash = '\0';
		r = io_mkdirs(to.data, 0755);
		*slash = '/';
		if (r == 0)
			r = make_one(folder, to.data, e);
	}
	return r < 0 ? say_failed("%s: %s", to.data, strerror(-r)) : 0;
}

/* Last, and the deepest first: what is made in a folder moves its time. */
static int finish(const char *folder, const struct entry *e, const struct metadata *m)
{
	_cleanup_buf_ struct buf to = BUF_INIT;
	struct timespec times[2] = { { 0, UTIME_OMIT } };

	buf_addf(&to, "%s%s", folder, e->path);
	tree_time(e, m, &times[1].tv_sec, &times[1].tv_nsec);
	times[1].tv_nsec = 0;
	if (to.failed || (!S_ISLNK(e->mode) && chmod(to.data, e->mode & 07777) < 0) ||
		utimensat(AT_FDCWD, to.data, times, AT_SYMLINK_NOFOLLOW) < 0)
		return say_failed("%s: %s", e->path, strerror(errno));
	return 0;
}

int stage_make(const char *folder, const struct payload *p, const struct metadata *m)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (stop_asked())
			return say_failed("stopped");
		else if (place(folder, p->entries[i]) < 0)
			return -1;
	for (i = p->count; i > 0; i--)
		if (finish(folder, p->entries[i - 1], m) < 0)
			return -1;
	return 0;
}
