/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/held.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/proc.h"
#include "model/inode.h"

#define MAPS_MAX (64U << 20)

/* Its server may be one of those processes, and stand in a stop: what is known will do. */
static int add_file(struct u64map *held, const char *path, uint64_t ino)
{
	struct inode i;
	bool added;

	if (inode_stat(&i, AT_FDCWD, path, AT_STATX_DONT_SYNC) < 0 || !S_ISREG(i.mode) ||
		(ino && i.ino != ino))
		return 0;
	return u64map_put(held, inode_place(&i), &added) ? 0 : -ENOMEM;
}

static int read_fds(struct u64map *held, pid_t pid)
{
	char path[PROC_PATH];
	struct dirent *e;
	int r = 0;
	DIR *d;

	proc_path(path, pid, "fd");
	d = opendir(path);
	while (r == 0 && d && (e = readdir(d))) {
		if (e->d_name[0] == '.' ||
			(proc_fd_flags(pid, atoi(e->d_name)) & O_ACCMODE) == O_RDONLY)
			continue;
		proc_fd_path(path, pid, atoi(e->d_name));
		r = add_file(held, path, 0);
	}
	if (d)
		closedir(d);
	return r;
}

static int read_maps(struct u64map *held, pid_t pid)
{
	_cleanup_buf_ struct buf maps = BUF_INIT;
	char path[PROC_PATH], *line, *rest;
	const char *name;
	uint64_t ino;
	int r = 0;

	proc_path(path, pid, "maps");
	if (io_read_file(path, &maps, MAPS_MAX) < 0 || !maps.data)
		return 0;
	for (rest = maps.data; r == 0 && (line = strsep(&rest, "\n"));)
		if (proc_mapping_writes(line, &name, &ino))
			r = add_file(held, name, ino);
	return r;
}

/*
 * Whoever is traced by us belongs to the run from its first moment on, while the queue may not have
 * told of it yet; and what holds a file that its parent held may have outlived that one.
 */
int held_read(struct u64map *held)
{
	_cleanup_(cleanup_closedirp) DIR *proc = opendir("/proc");
	struct dirent *e;
	int r = proc ? 0 : -errno;

	while (r == 0 && (e = readdir(proc))) {
		pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);

		if (pid <= 0 || !proc_is_traced_by_us(pid))
			continue;
		r = read_fds(held, pid);
		if (r == 0)
			r = read_maps(held, pid);
	}
	return r;
}
