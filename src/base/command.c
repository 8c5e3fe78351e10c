/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int may_execute(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	/* Where a sandbox forbids the question itself, exec has the answer. */
	if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 && errno == EACCES)
		return -EACCES;
	return 0;
}

/* An empty name of a folder is the working folder. */
static int try_in(const char *folder, int len, const char *name, char *path)
{
	int n = snprintf(path, PATH_MAX, "%.*s%s%s", len, folder, len ? "/" : "", name);

	return n < PATH_MAX ? may_execute(path) : -ENOENT;
}

/* What lets execvp(3) try the next folder. */
static bool goes_on(int r)
{
	return r == -ENOENT || r == -ENOTDIR || r == -EACCES || r == -ESTALE || r == -ENODEV ||
		r == -ETIMEDOUT;
}

static int search(const char *folders, const char *name, char *path)
{
	const char *end;
	int r, answer = -ENOENT;

	for (;; folders = end + 1) {
		end = strchrnul(folders, ':');
		r = try_in(folders, (int)(end - folders), name, path);
		if (r == 0 || !goes_on(r))
			return r;
		if (r == -EACCES)
			answer = r;
		if (!*end)
			return answer;
	}
}

int command_find(const char *name, char *path)
{
	const char *folders = getenv("PATH");

	if (!*name)
		return -ENOENT;
	if (!strchr(name, '/'))
		return search(folders ? folders : "/bin:/usr/bin", name, path);
	if (snprintf(path, PATH_MAX, "%s", name) >= PATH_MAX)
		return -ENAMETOOLONG;
	return may_execute(path);
}
