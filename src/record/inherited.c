/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/inherited.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/proc.h"
#include "record/originals.h"

/* Its flags of open(2). */
static long flags_of(pid_t pid, int fd)
{
	_cleanup_buf_ struct buf info = BUF_INIT;
	char path[64], *flags;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", pid, fd);
	if (io_read_file(path, &info, 4096) < 0 || !info.data)
		return O_RDONLY;
	flags = strstr(info.data, "flags:");
	return flags ? strtol(flags + 6, NULL, 8) : O_RDONLY;
}

static bool take_file(struct recorder *r, pid_t pid, int fd, struct name *name)
{
	bool deleted, outside;
	int e = resolve_fd(&r->resolver, pid, fd, name, &deleted);
	long flags = S_ISREG(name->now.mode) ? flags_of(pid, fd) : O_RDONLY;

	r->handles |= (flags & O_PATH) != 0;
	outside = e == -EXDEV && (S_ISREG(name->now.mode) || S_ISDIR(name->now.mode));
	if ((e < 0 && !outside) || deleted || (flags & O_ACCMODE) == O_RDONLY)
		return outside;
	if (outside) {
		r->sink->note(r->sink,
			"a file outside of the root or mount namespace "
			"that buildaudit was started in "
			"was handed over open for writing: what is written to it is not on record");
		return true;
	}
	originals_lose(r, name, FILE_CONTENT | FILE_META);
	touches_path(&r->touches, name->path.data, &name->now, false);
	touches_place(&r->touches, name->path.data, touches_file(&r->touches, &name->now));
	return false;
}

static bool take_files(struct recorder *r, pid_t pid)
{
	struct name name = NAME_INIT;
	char path[PROC_PATH];
	bool outside = false;
	struct dirent *e;
	DIR *d;

	proc_path(path, pid, "fd");
	d = opendir(path);
	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.' && take_file(r, pid, atoi(e->d_name), &name))
			outside = true;
	if (d)
		closedir(d);
	if (resolve_target(&r->resolver, pid, AT_FDCWD, ".", &name) == -EXDEV)
		outside = true;
	name_release(&name);
	return outside;
}

void inherited_files(struct recorder *r, pid_t pid)
{
	bool doubtful;

	resolver_begin(&r->resolver);
	doubtful = r->resolver.names_doubtful;
	/*
	 * What was handed over is all that can lead out of here; if
	 * nothing does, names need not be doubted.
	 */
	r->resolver.names_doubtful = true;
	r->resolver.names_doubtful = take_files(r, pid) || doubtful;
}
