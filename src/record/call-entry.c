/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that make, move or take away an entry of a folder.
 */
#include "record/call-entry.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/quiet.h"
#include "record/originals.h"
#include "record/places.h"
#include "record/tell.h"
#include "trace/mem.h"

enum next enter_entry(struct recorder *r, struct task *task, struct pending *p)
{
	int i;

	for (i = 0; i < p->call.places; i++)
		place_ask(r, task, p, i);
	if (p->op == OP_MKDIR)
		p->call.mode &= 07777;
	if ((p->op == OP_UNLINK || p->op == OP_RMDIR) && p->named[0])
		originals_lose_name(r, &p->name[0]);
	return NEXT_FOLLOW;
}

enum next enter_unlink(struct recorder *r, struct task *task, struct pending *p)
{
	if (p->call.flags & AT_REMOVEDIR)
		p->op = OP_RMDIR;
	return enter_entry(r, task, p);
}

enum next enter_symlink(struct recorder *r, struct task *task, struct pending *p)
{
	ssize_t n = mem_read_string(task->tid, p->call.addr, r->text, sizeof r->text);

	/*
	 * One that we cannot read now may be there for the kernel: then the symlink itself tells.
	 */
	if (n >= 0)
		buf_add(&p->target, r->text, (size_t)n);
	return enter_entry(r, task, p);
}

/* i386's socketcall(SYS_BIND, args): three 32-bit words in memory. */
static bool read_socketcall(const struct task *task, struct pending *p)
{
	uint32_t words[3];

	if (p->call.sys->args[0] != ARG_SOCKCALL)
		return true;
	if (p->call.flags != SOCKETCALL_BIND ||
		mem_read(task->tid, p->call.addr, words, sizeof words) < 0)
		return false;
	p->call.addr = words[1];
	p->call.addr_len = words[2];
	return true;
}

enum next enter_bind(struct recorder *r, struct task *task, struct pending *p)
{
	struct sockaddr_un un = { 0 };
	size_t len;

	if (!read_socketcall(task, p))
		return NEXT_GO;
	len = p->call.addr_len;
	if (len <= offsetof(struct sockaddr_un, sun_path) || len > sizeof un)
		return NEXT_GO;
	if (mem_read(task->tid, p->call.addr, &un, len) < 0 || un.sun_family != AF_UNIX)
		return NEXT_GO;
	if (un.sun_path[0] == '\0')
		return NEXT_GO; /* an abstract name is in no file tree */
	/* sun_path need not end in a NUL when it is full (unix(7)). */
	memcpy(r->text, un.sun_path, sizeof un.sun_path);
	r->text[sizeof un.sun_path] = '\0';
	p->call.places = 1;
	p->call.place[0] = (struct place){ .dirfd = AT_FDCWD, .addr = p->call.addr };
	place_ask_text(r, task, p, 0, r->text);
	return NEXT_FOLLOW;
}

enum next enter_link(struct recorder *r, struct task *task, struct pending *p)
{
	bool deleted;

	place_ask(r, task, p, 1);
	place_ask(r, task, p, 0);
	/*
	 * A file made with O_TMPFILE has no name, but it is the one that the new
	 * name will show: linkat(fd, "", AT_EMPTY_PATH) or through /proc/self/fd.
	 */
	if (!p->named[0] && p->call.empty_path &&
		resolve_fd(&r->resolver, task->tid, p->call.place[0].dirfd, &p->name[0],
			&deleted) == 0) {
		p->named[0] = true;
		if (deleted)
			p->name[0].now.nlink = 0; /* whatever names it has, this is none */
	}
	return NEXT_FOLLOW;
}

/* Nothing stood there, and now something does. */
static bool has_come(const struct pending *p, int i)
{
	struct inode now;

	return p->named[i] && p->error[i] == 0 && !p->name[i].now.exists &&
		inode_stat(&now, AT_FDCWD, p->name[i].path.data, AT_SYMLINK_NOFOLLOW) == 0 &&
		now.exists;
}

bool made_shows(const struct pending *p)
{
	return has_come(p, 0);
}

void leave_made(struct recorder *r, struct task *task, struct pending *p, int64_t result)
{
	const char *path;
	struct inode made;
	uint32_t file;

	if (!place_named(r, p, 0))
		return;
	path = p->name[0].path.data;
	inode_stat(&made, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
	file = touches_made(&r->touches, &made);
	place_touch(r, p, 0);
	touches_place(&r->touches, path, file);
	if (p->op == OP_SYMLINK && !p->target.len && quiet_readlink_once(path, r->text) >= 0)
		buf_adds(&p->target, r->text);
	tell_event(r, task, p, path, p->op == OP_SYMLINK ? p->target.data : NULL, file);
}

bool removed_shows(const struct pending *p)
{
	const struct name *n = &p->name[0];

	return p->named[0] && n->now.exists &&
		!inode_stands_at(&n->now, n->path.data, AT_SYMLINK_NOFOLLOW);
}

void leave_removed(struct recorder *r, struct task *task, struct pending *p, int64_t result)
{
	uint32_t file;

	if (!place_named(r, p, 0))
		return;
	file = place_changed(r, p, 0);
	/* Without a time of birth the next folder with its inode would pass for it. */
	if (p->op == OP_RMDIR && !p->name[0].now.birth_ns)
		folders_forget(&r->resolver.folders);
	tell_event(r, task, p, p->name[0].path.data, NULL, file);
}

bool link_shows(const struct pending *p)
{
	return has_come(p, 1) && p->named[0] &&
		inode_stands_at(&p->name[0].now, p->name[1].path.data, AT_SYMLINK_NOFOLLOW);
}

void leave_link(struct recorder *r, struct task *task, struct pending *p, int64_t result)
{
	const char *path, *old = NULL;
	struct inode made;
	uint32_t file;

	if (!place_named(r, p, 1))
		return;
	path = p->name[1].path.data;
	inode_stat(&made, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
	file = touches_file(&r->touches, &made);
	place_touch(r, p, 1);
	touches_place(&r->touches, path, file);
	if (p->named[0]) {
		old = p->name[0].path.data;
		/* What is done to the file by its new name is done to the old one, too. */
		if (p->name[0].now.nlink) {
			place_touch(r, p, 0);
			touches_place(&r->touches, old, file);
		}
		r->sink->alias(r->sink, file, path, old);
	}
	tell_event(r, task, p, path, old, file);
}
