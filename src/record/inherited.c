/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/inherited.h"

#include "record/originals.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io.h"

static bool open_for_writing(pid_t pid, int fd)
{
	_cleanup_buf_ struct buf info = BUF_INIT;
	char path[64], *flags;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", pid, fd);
	if (io_read_file(path, &info, 4096) < 0 || !info.data)
		return false;
	flags = strstr(info.data, "flags:");
	return flags && (strtol(flags + 6, NULL, 8) & O_ACCMODE) != O_RDONLY;
}

void inherited_files(struct recorder *r, pid_t pid)
{
	struct name name = NAME_INIT;
	char path[64];
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof path, "/proc/%d/fd", pid);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		int fd = atoi(e->d_name);
		bool deleted;

		if (e->d_name[0] == '.' || !open_for_writing(pid, fd))
			continue;
		if (resolve_fd(&r->resolver, pid, fd, &name, &deleted) < 0 || deleted || !S_ISREG(name.now.mode))
			continue;
		originals_lose(r, &name, FILE_CONTENT | FILE_META);
		touches_path(&r->touches, name.path.data, &name.now, false);
		touches_place(&r->touches, name.path.data, touches_file(&r->touches, &name.now));
	}
	if (d)
		closedir(d);
	name_release(&name);
}
