/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/glob.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

bool glob_matches(const char *glob, const char *path)
{
	bool whole = strchr(glob, '/') != NULL;
	size_t start = 1, len = strlen(path), i;
	_cleanup_free_ char *part = malloc(len + 1);

	for (i = 1; part && i <= len; i++) {
		const char *from = whole ? path : path + start;
		size_t n = whole ? i : i - start;

		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, from, n);
		part[n] = '\0';
		if (fnmatch(glob, part, whole ? FNM_PATHNAME : 0) == 0)
			return true;
		start = i + 1;
	}
	return false;
}
