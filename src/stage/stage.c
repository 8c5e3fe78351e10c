/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stage/stage.h"

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
#include "base/digest.h"
#include "base/io.h"
#include "render/say.h"

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

	/*
	 * The package is made there, too, and copies that are smaller than the file; each file has
	 * a page that is not full.
	 */
	for (i = 0; i < p->count; i++)
		if (S_ISREG(p->entries[i]->mode) && p->entries[i]->first == p->entries[i])
			need += 3 * p->entries[i]->size + 8192;
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
	dir = io_opendir(parent, name);
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

int stage_name(const struct metadata *m, struct buf *out)
{
	static unsigned int count;

	buf_addf(out, "%s/copy-%u", m->stage, count++);
	return out->failed ? say_no_memory() : 0;
}

int stage_pack(struct member *e, struct buf *file, const struct metadata *m)
{
	_cleanup_close_ int fd = open(file->data, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	unsigned char sha[SHA256_LEN] = { 0 }, md5[MD5_LEN] = { 0 };
	struct stat st;
	int r = fd < 0 || fstat(fd, &st) < 0 ? -errno : 0;

	if (r == 0)
		r = m->type == PACKAGE_DEB ? digest_both(fd, sha, md5) : digest_sha256(fd, sha);
	if (r < 0)
		return say_failed("%s: %s", file->data, strerror(-r));
	digest_hex(sha, SHA256_LEN, e->sha256);
	digest_hex(md5, MD5_LEN, e->md5);
	e->size = st.st_size;
	e->copy = buf_steal(file);
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
