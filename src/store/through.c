/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/through.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#define FOLDER "/proc/self/fd/"
#define VFS_NAME "through"

int through_name(char *out, size_t size, int folder, const char *path)
{
	const char *slash = strrchr(path, '/');
	int n = snprintf(out, size, FOLDER "%d/%s", folder, slash ? slash + 1 : path);

	return n < (int)size ? 0 : -ENAMETOOLONG;
}

static int take_as_it_is(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
	(void)vfs;
	return snprintf(out, (size_t)size, "%s", name) < size ? SQLITE_OK : SQLITE_CANTOPEN;
}

/* The usual one but for that. */
static int add_vfs(void)
{
	static sqlite3_vfs through;
	const sqlite3_vfs *usual = sqlite3_vfs_find(NULL);

	if (!usual)
		return SQLITE_ERROR;
	through = *usual;
	through.zName = VFS_NAME;
	through.pNext = NULL;
	through.xFullPathname = take_as_it_is;
	return sqlite3_vfs_register(&through, 0);
}

const char *through_of(const char *path)
{
	if (strncmp(path, FOLDER, strlen(FOLDER)) != 0)
		return NULL;
	/* Where it cannot be had, the file is not found, and that is said. */
	if (!sqlite3_vfs_find(VFS_NAME) && add_vfs() != SQLITE_OK)
		return NULL;
	return VFS_NAME;
}
