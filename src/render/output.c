/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/canonical.h"
#include "base/buf.h"
#include "base/claim.h"
#include "base/cleanup.h"
#include "base/durable.h"
#include "render/say.h"

#define TRIES 100

static struct {
	char path[PATH_MAX];
	int fd;
} kept;

int output_keep(const char *folder)
{
	if (!realpath(folder, kept.path))
		return say_failed("%s: %s", folder, strerror(errno));
	kept.fd = open(kept.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return kept.fd < 0 ? say_failed("%s: %s", folder, strerror(errno)) : 0;
}

void output_let_go(void)
{
	if (kept.path[0] && kept.fd >= 0)
		drop_fd(kept.fd);
	kept.path[0] = '\0';
}

int output_keep_for(const char *given)
{
	char path[PATH_MAX];
	int r = strcmp(given, "-") ? path_canonical_all(given, path) : 0;

	if (r < 0)
		return say_failed("%s: %s", given, strerror(-r));
	return strcmp(given, "-") ? output_keep(dirname(path)) : 0;
}

static void add_name(struct buf *out, const char *name)
{
	size_t n = kept.path[0] && kept.path[1] ? strlen(kept.path) : 0;

	if (kept.path[0] && !strncmp(name, kept.path, n) && name[n] == '/' &&
		!strchr(name + n + 1, '/'))
		buf_addf(out, "/proc/%d/fd/%d%s", getpid(), kept.fd, name + n);
	else
		buf_adds(out, name);
}

static int open_part(struct output *o)
{
	o->fd = open(o->part, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	return o->fd < 0 ? -errno : claim(o->fd, o->part);
}

/* A file that a killed one left is ours as it is, but for what is in it. */
static int take(struct output *o)
{
	int r = open_part(o), tries = TRIES;
	struct stat st;

	while (r == -EAGAIN && tries--) {
		drop_fd(STEAL_FD(o->fd));
		r = open_part(o);
	}
	if (r == -EBUSY)
		return say_failed("%s is being made by somebody else right now", o->name);
	if (o->fd >= 0 && (fstat(o->fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1))
		r = -EPERM;
	if (r == -EPERM)
		return say_failed("%s is not a file of ours: take it away first", o->part);
	if (o->fd < 0 || r == -EAGAIN || ftruncate(o->fd, 0) < 0)
		return say_failed("%s: %s", o->part, strerror(r < 0 ? -r : errno));
	return 0;
}

static int check_given(const char *given, char *path)
{
	struct stat st;
	int r = path_canonical_all(given, path);

	if (r < 0)
		return say_failed("%s: %s", given, strerror(-r));
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return say_failed("%s is a folder: -o wants the name of a file", given);
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return say_failed("%s is no file that can be replaced: '-o -' writes to standard "
				  "output",
			given);
	return 0;
}

int output_open_given(struct output *o, const char *given)
{
	char path[PATH_MAX];

	return check_given(given, path) < 0 ? -1 : output_open(o, path);
}

mode_t output_usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

int output_open(struct output *o, const char *name)
{
	struct buf whole = BUF_INIT, part = BUF_INIT;
	int r;

	add_name(&whole, name);
	add_name(&part, name);
	buf_adds(&part, ".part");
	*o = (struct output){ buf_steal(&whole), buf_steal(&part), -1 };
	r = o->name && o->part ? take(o) : say_no_memory();
	if (r == 0)
		return 0;
	/* what is there is not ours */
	cleanup_closep(&o->fd);
	o->fd = -1;
	output_release(o);
	return r;
}

static int sync_folder(const char *name)
{
	_cleanup_free_ char *folder = strdup(name);
	_cleanup_close_ int fd = -1;
	int r;

	if (!folder)
		return -ENOMEM;
	strrchr(folder, '/')[1] = '\0';
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == EACCES) { /* one may write there, and not read */
		sync();
		return 0;
	}
	r = fd < 0 ? -errno : durable_sync(fd);
	return r == -EINVAL ? 0 : r; /* there is nothing to flush on such a file system */
}

int output_done(struct output *o, mode_t mode)
{
	/* EPERM: FAT has no modes */
	int r = fchmod(o->fd, mode) < 0 && errno != EPERM ? -errno : 0;

	if (r == 0)
		r = durable_sync(o->fd);
	if (r == 0 && rename(o->part, o->name) < 0)
		r = -errno;
	if (r < 0)
		return say_failed("%s: %s", o->name, strerror(-r));
	free(STEAL(o->part));
	r = sync_folder(o->name);
	if (r < 0)
		return say_failed("%s is made, but may go with the power: %s", o->name,
			strerror(-r));
	return 0;
}

void output_release(struct output *o)
{
	if (o->fd >= 0 && o->part)
		unlink(o->part);
	cleanup_closep(&o->fd);
	free(o->name);
	free(o->part);
	*o = OUTPUT_INIT;
}
