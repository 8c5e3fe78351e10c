/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "try/sockets.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/canonical.h"
#include "base/io.h"
#include "base/proc.h"

/* Read only: to connect to it is no writing, and chmod(2) would be the real one's. */
static void bind_socket(const char *path, const char *new_root)
{
	char at[PATH_MAX];
	struct stat real, st;

	if (snprintf(at, sizeof at, "%s%s", new_root, path) >= PATH_MAX)
		return;
	/* The command may have removed it; and each connection to it has its name in the list. */
	if (lstat(path, &real) < 0 || lstat(at, &st) < 0 || !S_ISSOCK(st.st_mode) ||
		(st.st_dev == real.st_dev && st.st_ino == real.st_ino))
		return;
	if (mount(path, at, NULL, MS_BIND, NULL) == 0)
		mount(NULL, at, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
}

static void look_at(const struct view *v, const char *name, const char *new_root)
{
	char path[PATH_MAX];
	const struct shown *s;
	uint32_t mode;

	if (*name != '/' || path_canonical(name, path) < 0)
		return;
	s = view_find(v, view_mount_of(path, &mode));
	if (s && s->how != SHOWN_AS_IT_IS && S_ISSOCK(mode))
		bind_socket(path, new_root);
}

/* "Num RefCount Protocol Flags Type St Inode Path" */
void sockets_bind(const struct view *v, const char *new_root)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char *line, *rest, *name;

	if (io_read_file("/proc/net/unix", &text, PROC_TABLE_MAX) < 0 || !text.data)
		return;
	for (rest = text.data; (line = strsep(&rest, "\n"));) {
		name = strstr(line, " /");
		if (name)
			look_at(v, name + 1, new_root);
	}
}
