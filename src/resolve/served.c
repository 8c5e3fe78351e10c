/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve/served.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mountinfo.h"
#include "base/proc.h"


void served_release(struct served *s)
{
	free(s->devs);
	free(s->before);
	*s = (struct served){ 0 };
}

static bool holds(const uint64_t *devs, size_t count, uint64_t dev)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (devs[i] == dev)
			return true;
	return false;
}

static void add(uint64_t **devs, size_t *count, uint64_t dev)
{
	uint64_t *more =
		holds(*devs, *count, dev) ? NULL : reallocarray(*devs, *count + 1, sizeof *more);

	if (!more)
		return;
	*devs = more;
	more[(*count)++] = dev;
}

static bool is_fuse(const struct mount_line *line, uint64_t *dev)
{
	unsigned int major, minor;

	if (strncmp(line->type, "fuse", 4) || sscanf(line->dev, "%u:%u", &major, &minor) != 2)
		return false;
	*dev = makedev(major, minor);
	return true;
}

static void read_table(pid_t tid, uint64_t **devs, size_t *count)
{
	_cleanup_(mountinfo_release) struct mountinfo m = MOUNTINFO_INIT;
	struct mount_line line;
	uint64_t dev;

	if (mountinfo_read(&m, tid) < 0)
		return;
	while (mountinfo_next(&m, &line))
		if (is_fuse(&line, &dev))
			add(devs, count, dev);
}

void served_begin(struct served *s)
{
	if (!s->begun)
		read_table(0, &s->before, &s->before_count);
	s->begun = true;
}

void served_learn(struct served *s, pid_t tid)
{
	uint64_t *devs = NULL;
	size_t count = 0, i;

	read_table(tid, &devs, &count);
	for (i = 0; i < count; i++)
		if (!holds(s->before, s->before_count, devs[i]))
			add(&s->devs, &s->count, devs[i]);
	free(devs);
}

/* What is known without asking: the file system, and whether it is a symlink. */
static bool is_served(const struct served *s, int fd, mode_t *mode)
{
	struct statx x;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &x) < 0)
		return false;
	*mode = x.stx_mode;
	return holds(s->devs, s->count, makedev(x.stx_dev_major, x.stx_dev_minor));
}

static int open_link(pid_t tid, int dirfd)
{
	char link[PROC_PATH];

	proc_dirfd_path(link, tid, dirfd);
	return open(link, O_PATH | O_CLOEXEC);
}

static int open_root(pid_t tid)
{
	char link[PROC_PATH];

	proc_path(link, tid, "root");
	return open(link, O_PATH | O_CLOEXEC);
}

bool served_fd(const struct served *s, pid_t tid, int fd)
{
	_cleanup_close_ int there = open_link(tid, fd);
	mode_t mode;

	return there >= 0 && is_served(s, there, &mode);
}

struct steps {
	const struct served *served;
	pid_t tid;
	int at; /* where the next name is looked up */
	char left[2 * PATH_MAX]; /* what is still to be looked up */
};

/* Puts a symlink's text in front of what is left. */
static bool go_on_with(struct steps *w, const char *target)
{
	char rest[PATH_MAX];

	if (strlen(w->left) >= sizeof rest)
		return false;
	memcpy(rest, w->left, strlen(w->left) + 1);
	snprintf(w->left, sizeof w->left, "%s/%s", target, rest);
	return true;
}

static bool step(struct steps *w, int *symlinks, bool *done)
{
	char name[NAME_MAX + 1], target[PATH_MAX];
	const char *rest = w->left + strspn(w->left, "/");
	size_t n = strcspn(rest, "/");
	mode_t mode = 0;
	ssize_t len;
	int fd;

	*done = true;
	/* from the root; what is left of a name that was split begins without a slash */
	if (rest != w->left) {
		drop_fd(w->at);
		w->at = open_root(w->tid);
	}
	if (n == 0 || n > NAME_MAX || w->at < 0)
		return w->at >= 0 && is_served(w->served, w->at, &mode);
	memcpy(name, rest, n);
	name[n] = '\0';
	rest += n;
	rest += strspn(rest, "/");
	memmove(w->left, rest, strlen(rest) + 1);
	fd = openat(w->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false; /* nothing there: no server was asked, and none will be */
	if (is_served(w->served, fd, &mode)) {
		drop_fd(fd);
		return true;
	}
	*done = false;
	if (!S_ISLNK(mode)) {
		drop_fd(w->at);
		w->at = fd;
		return false;
	}
	len = readlinkat(fd, "", target, sizeof target - 1);
	drop_fd(fd);
	if (len < 0 || ++*symlinks > SYMLINKS_MAX) {
		*done = true;
		return false;
	}
	target[len] = '\0';
	*done = !go_on_with(w, target);
	return false;
}

bool served_place(const struct served *s, pid_t tid, int dirfd, const char *text)
{
	struct steps w = { .served = s, .tid = tid, .at = open_link(tid, dirfd) };
	bool found = false, done = false;
	int symlinks = 0;
	mode_t mode;

	if (strlen(text) < PATH_MAX)
		snprintf(w.left, sizeof w.left, "%s", text);
	/* The folder it starts from counts, but for a name from the root. */
	if (w.at >= 0 && text[0] != '/')
		found = is_served(s, w.at, &mode);
	while (!found && !done)
		found = step(&w, &symlinks, &done);
	if (w.at >= 0)
		drop_fd(w.at);
	return found;
}
