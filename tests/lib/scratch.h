/* A folder of a unit test's own, and the files in it. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/inode.h"

static char top[PATH_MAX]; /* canonical */

__attribute__((unused))
static void scratch_begin(void)
{
	const char *tmp = getenv("TMPDIR");
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/ba-unit.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(path) || !realpath(path, top))
		abort();
}

__attribute__((unused))
static void scratch_end(void)
{
	char command[PATH_MAX + 16];

	snprintf(command, sizeof command, "rm -rf '%s'", top);
	if (system(command) != 0)
		abort();
}

/* The whole name of one in it; the last four stay good. */
__attribute__((unused))
static const char *at(const char *name)
{
	static char path[4][PATH_MAX + 64];
	static int next;

	next = (next + 1) % 4;
	snprintf(path[next], sizeof path[next], "%s/%s", top, name);
	return path[next];
}

__attribute__((unused))
static void make(const char *name, const char *content)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, content, strlen(content)) < 0 || close(fd) < 0)
		abort();
}

__attribute__((unused))
static struct inode look(const char *name)
{
	struct inode i;

	if (inode_stat(&i, AT_FDCWD, at(name), AT_SYMLINK_NOFOLLOW) < 0)
		abort();
	return i;
}

#endif
