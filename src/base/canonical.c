/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/canonical.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

/* "a//b/./c" without what the kernel would never print; ".." is taken out by the text. */
static void tidy(char *path)
{
	char *in = path, *out = path;

	while (*in) {
		size_t n;

		in += strspn(in, "/");
		n = strcspn(in, "/");
		if (n == 2 && !strncmp(in, "..", 2)) {
			while (out > path && *--out != '/')
				;
		} else if (n && !(n == 1 && *in == '.')) {
			*out++ = '/';
			memmove(out, in, n);
			out += n;
		}
		in += n;
	}
	if (out == path)
		*out++ = '/';
	*out = '\0';
}

int path_canonical(const char *path, char *out)
{
	char absolute[PATH_MAX], folder[PATH_MAX], *slash;
	_cleanup_free_ char *real = NULL, *cwd = NULL;

	if (*path == '\0')
		return -ENOENT;
	/* "(unreachable)/..." is outside of our root. */
	if (*path != '/' && (!(cwd = getcwd(NULL, 0)) || *cwd != '/'))
		return -ENOENT;
	if (snprintf(absolute, PATH_MAX, "%s/%s", cwd ? cwd : "", path) >= PATH_MAX)
		return -ENAMETOOLONG;
	/* The deepest folder that is there is resolved by the kernel; the rest is only text. */
	memcpy(folder, absolute, sizeof folder);
	while ((slash = strrchr(folder, '/')) && slash[1] == '\0' && slash != folder)
		*slash = '\0';
	while ((slash = strrchr(folder, '/'))) {
		size_t rest = (size_t)(slash - folder);

		*slash = '\0';
		real = realpath(rest ? folder : "/", NULL);
		if (real) {
			if (snprintf(out, PATH_MAX, "%s/%s", real, absolute + rest) >= PATH_MAX)
				return -ENAMETOOLONG;
			tidy(out);
			return 0;
		}
		free(STEAL(real));
	}
	snprintf(out, PATH_MAX, "%s", absolute);
	tidy(out);
	return 0;
}

int path_canonical_all(const char *path, char *out)
{
	_cleanup_free_ char *real = realpath(path, NULL);

	if (!real || strlen(real) >= PATH_MAX)
		return path_canonical(path, out);
	memcpy(out, real, strlen(real) + 1);
	return 0;
}

const char *path_rest(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return strncmp(path, folder, n) || (path[n] && path[n] != '/') ? NULL : path + n;
}

bool path_is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	while (n && folder[n - 1] == '/')
		n--;
	return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}
