/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/inherited.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/proc.h"
#include "record/originals.h"

/* Whose files are looked through; life: it ran before us, and each is an event. */
struct holder {
	pid_t pid;
	struct life *life;
	enum abi abi;
};

static void tell_found(struct recorder *r, const struct holder *h, const struct name *name,
	uint32_t file, long flags)
{
	int64_t now = io_now_ns();
	struct event e = { .process = h->life->number,
		.op = OP_OPEN,
		.abi = h->abi,
		.path = name->path.data,
		.file = file,
		.flags = (uint32_t)flags,
		.mode = -1,
		.found = true,
		.at = now };

	e.exec = lives_exec_of(&r->lives, h->life, h->abi, now);
	r->sink->event(r->sink, &e);
}

static void take(struct recorder *r, const struct holder *h, const struct name *name, long flags)
{
	uint32_t file;

	originals_lose(r, name, FILE_CONTENT | FILE_META);
	touches_path(&r->touches, name->path.data, &name->now, false);
	file = touches_file(&r->touches, &name->now);
	touches_place(&r->touches, name->path.data, file);
	if (h->life)
		tell_found(r, h, name, file, flags);
}

static bool is_ring(pid_t pid, int fd)
{
	char path[PROC_PATH], target[PATH_MAX];

	proc_fd_path(path, pid, fd);
	return io_readlink(path, target) > 0 && !strcmp(target, "anon_inode:[io_uring]");
}

/* True when it is outside of what we see. */
static bool take_fd(struct recorder *r, const struct holder *h, int fd, struct name *name)
{
	bool deleted, outside;
	int e = resolve_fd(&r->resolver, h->pid, fd, name, &deleted);
	long flags = S_ISREG(name->now.mode) ? proc_fd_flags(h->pid, fd) : O_RDONLY;

	if (e == -EBADF && is_ring(h->pid, fd))
		r->sink->note(r->sink, h->life ?
			"a process that was attached to had io_uring open: what it changes through "
			"that is not on record" :
			"io_uring was handed over open: what is changed through it is not on "
			"record");
	r->handles |= (flags & O_PATH) != 0;
	outside = e == -EXDEV && (S_ISREG(name->now.mode) || S_ISDIR(name->now.mode));
	if ((e < 0 && !outside) || deleted || (flags & O_ACCMODE) == O_RDONLY)
		return outside;
	if (outside)
		r->sink->note(r->sink, r->trying ?
			"a file was handed over open for writing: that is the real one, "
			"and no part of the try" :
			"a file outside of the root or mount namespace "
			"that buildaudit was started in "
			"was handed over open for writing: what is written to it is not on record");
	else
		take(r, h, name, flags);
	return outside;
}

static bool take_fds(struct recorder *r, const struct holder *h)
{
	struct name name = NAME_INIT;
	char path[PROC_PATH];
	bool outside = false;
	struct dirent *e;
	DIR *d;

	proc_path(path, h->pid, "fd");
	d = opendir(path);
	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.' && take_fd(r, h, atoi(e->d_name), &name))
			outside = true;
	if (d)
		closedir(d);
	if (resolve_target(&r->resolver, h->pid, AT_FDCWD, ".", &name) == -EXDEV)
		outside = true;
	name_release(&name);
	return outside;
}

static void take_all(struct recorder *r, const struct holder *h)
{
	bool doubtful;

	resolver_begin(&r->resolver);
	doubtful = r->resolver.names_doubtful;
	/*
	 * What was handed over is all that can lead out of here; if
	 * nothing does, names need not be doubted.
	 */
	r->resolver.names_doubtful = true;
	r->resolver.names_doubtful = take_fds(r, h) || doubtful;
}

void inherited_files(struct recorder *r, pid_t pid)
{
	take_all(r, &(struct holder){ .pid = pid });
}

/* The descriptor may be closed by now. */
static void take_mapping(struct recorder *r, const struct holder *h, const char *line,
	struct name *name)
{
	const char *path;
	uint64_t ino;

	if (proc_mapping_writes(line, &path, &ino) &&
		resolve_entry(&r->resolver, getpid(), AT_FDCWD, path, name) == 0 &&
		S_ISREG(name->now.mode) && name->now.ino == ino)
		take(r, h, name, O_RDWR);
}

static void take_mappings(struct recorder *r, const struct holder *h)
{
	_cleanup_buf_ struct buf maps = BUF_INIT;
	struct name name = NAME_INIT;
	char path[PROC_PATH], *line, *rest;

	proc_path(path, h->pid, "maps");
	if (io_read_file(path, &maps, 64U << 20) == 0 && maps.data)
		for (rest = maps.data; (line = strsep(&rest, "\n"));)
			take_mapping(r, h, line, &name);
	name_release(&name);
}

void found_files(struct recorder *r, pid_t pid, struct life *life, enum abi abi)
{
	const struct holder h = { pid, life, abi };

	take_all(r, &h);
	take_mappings(r, &h);
}
