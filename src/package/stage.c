/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/claim.h"
#include "base/cleanup.h"
#include "base/copy.h"
#include "base/io.h"
#include "package/say.h"
#include "package/stop.h"
#include "package/tree.h"

/*
 * Thousands of small files are made and removed there: in memory
 * that is four times as quick as on a disk.
 */
#define IN_MEMORY (128LL << 20)
#define NAME "buildaudit-stage."
#define TRIES 100

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
		(int64_t)fs.f_bavail > 2 * need / (int64_t)fs.f_frsize &&
		fs.f_favail > 2 * p->count + 1000;
}

/* Where stages are, when $TMPDIR says nothing of it. */
static const char *const places[] = { "/dev/shm", "/var/tmp" };

static const char *place_asked_for(void)
{
	const char *tmp = getenv("TMPDIR");

	return tmp && *tmp == '/' ? tmp : NULL;
}

int stage_remove(int parent, const char *name)
{
	struct dirent *d;
	DIR *dir;

	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR || fchmodat(parent, name, 0700, 0) < 0)
		return -errno;
	dir = io_opendir(parent, name, 0);
	while (dir && (d = readdir(dir)))
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			stage_remove(dirfd(dir), d->d_name);
	if (dir)
		closedir(dir);
	return unlinkat(parent, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}

/* Of one whose maker, and all that it started, is gone. */
static void sweep_one(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && claim(fd, path) == 0)
		stage_remove(AT_FDCWD, path);
}

static void sweep(const char *place)
{
	DIR *dir = opendir(place);
	struct dirent *d;

	while (dir && (d = readdir(dir))) {
		_cleanup_buf_ struct buf path = BUF_INIT;

		if (strncmp(d->d_name, NAME, sizeof NAME - 1))
			continue;
		buf_addf(&path, "%s/%s", place, d->d_name);
		if (!path.failed)
			sweep_one(path.data);
	}
	if (dir)
		closedir(dir);
}

static void sweep_all(void)
{
	const char *asked = place_asked_for();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++)
		sweep(places[i]);
	if (asked)
		sweep(asked);
}

/* -EBUSY, -EAGAIN: somebody sweeps, and took it for one that is left. */
static int make_folder(struct stage *s, const char *place)
{
	struct buf name = BUF_INIT;
	int r;

	buf_addf(&name, "%s/" NAME "XXXXXX", place);
	s->folder = buf_steal(&name);
	if (!s->folder)
		return -ENOMEM;
	if (!mkdtemp(s->folder)) {
		r = -errno;
		free(STEAL(s->folder));
		return r;
	}
	/* Children have it, too: what they are still at is not swept under them. */
	s->lock = open(s->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	if (s->lock < 0)
		return errno == ENOENT ? -EAGAIN : -errno;
	r = claim(s->lock, s->folder);
	/* where there are no locks nobody can sweep, either */
	return r == -EBUSY || r == -EAGAIN ? r : 0;
}

static void take_away(struct stage *s)
{
	if (s->folder && stage_remove(AT_FDCWD, s->folder) < 0)
		say("%s could not be removed", s->folder);
	cleanup_closep(&s->lock);
	free(s->folder);
	*s = STAGE_INIT;
}

/* Children make their temporary files there, too. */
static int set_tmpdir(struct stage *s)
{
	const char *before = getenv("TMPDIR");

	s->tmpdir = strdup(before ? before : "");
	return s->tmpdir && setenv("TMPDIR", s->folder, 1) == 0 ? 0 : say_no_memory();
}

int stage_open(struct stage *s, const struct payload *p)
{
	const char *place = place_asked_for();
	int r, tries = TRIES;

	if (!place)
		place = places[fits_in_memory(places[0], p) ? 0 : 1];
	sweep_all();
	while (((r = make_folder(s, place)) == -EBUSY || r == -EAGAIN) && tries--)
		take_away(s);
	if (r == 0)
		return set_tmpdir(s);
	take_away(s);
	return say_failed("cannot make a folder in %s: %s", place, strerror(-r));
}

void stage_close(struct stage *s)
{
	if (s->tmpdir && *s->tmpdir)
		IGNORE(setenv("TMPDIR", s->tmpdir, 1)); /* it was there: there is room */
	else if (s->tmpdir)
		unsetenv("TMPDIR");
	free(STEAL(s->tmpdir));
	take_away(s);
}

static int copy_file(const char *to, const struct member *e)
{
	_cleanup_close_ int in = open(member_source(e), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	_cleanup_close_ int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	unsigned char hash[SHA256_LEN];
	int r;

	if (in < 0 || out < 0)
		return -errno;
	r = copy_content(in, out, hash, NULL);
	return r == 0 && close(STEAL_FD(out)) < 0 ? -errno : r;
}

static int make_one(const char *folder, const char *to, const struct member *e)
{
	if (S_ISDIR(e->mode))
		return io_mkdirs(to, 0755);
	if (S_ISLNK(e->mode))
		return symlink(e->target, to) < 0 ? -errno : 0;
	if (member_is_device(e))
		return mknod(to, (e->mode & S_IFMT) | 0600, e->rdev) < 0 ? -errno : 0;
	if (S_ISFIFO(e->mode))
		return mkfifo(to, 0600) < 0 ? -errno : 0;
	if (e->first != e) {
		_cleanup_buf_ struct buf first = BUF_INIT;

		buf_addf(&first, "%s%s", folder, e->first->path);
		return first.failed ? -ENOMEM : link(first.data, to) < 0 ? -errno : 0;
	}
	return copy_file(to, e);
}

static int place(const char *folder, const struct member *e)
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
static int finish(const char *folder, const struct member *e, const struct metadata *m)
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

int stage_write(const char *file, const struct buf *text)
{
	_cleanup_close_ int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (text->failed)
		return say_no_memory();
	if (fd < 0 || io_write_all(fd, text->data, text->len) < 0 || close(STEAL_FD(fd)) < 0)
		return say_failed("%s: %s", file, strerror(errno));
	return 0;
}
