/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that make, move or take away an entry of a folder.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "record/calls.h"
#include "record/originals.h"
#include "trace/mem.h"

/* A parent that is not there makes the call fail; anything else is ours to explain at the exit. */
static enum next next_of(const struct pending *p)
{
	int i;

	for (i = 0; i < p->call.places; i++)
		if (p->error[i] == -ENOENT || p->error[i] == -EFAULT)
			return NEXT_GO;
	return NEXT_FOLLOW;
}

enum next enter_entry(struct recorder *r, struct task *task, struct pending *p)
{
	int i;

	for (i = 0; i < p->call.places; i++)
		name_place(r, task, p, i);
	if (p->op == OP_MKDIR)
		p->call.mode &= 07777;
	if ((p->op == OP_UNLINK || p->op == OP_RMDIR) && p->named[0])
		originals_lose(r, &p->name[0], FILE_CONTENT | FILE_META);
	return next_of(p);
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

	if (n < 0)
		return NEXT_GO;
	buf_add(&p->target, r->text, (size_t)n);
	return enter_entry(r, task, p);
}

/* i386's socketcall(SYS_BIND, args): three 32-bit words in memory. */
static bool read_socketcall(const struct task *task, struct pending *p)
{
	uint32_t words[3];

	if (p->call.sys->args[0] != ARG_SOCKCALL)
		return true;
	if (p->call.flags != 2 /* SYS_BIND */ ||
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
	name_text(r, task, p, 0, r->text);
	return next_of(p);
}

static bool is_folder(const struct pending *p, int i)
{
	return p->named[i] && p->name[i].now.exists && S_ISDIR(p->name[i].now.mode);
}

/* A folder's content goes with it: each name in it is a change at both ends. */
static void look_inside(struct recorder *r, struct pending *p, int i)
{
	if (!is_folder(p, i))
		return;
	walk_below(&p->inside[i], p->name[i].path.data);
	if (p->inside[i].incomplete)
		r->sink->note(r->sink, "a renamed folder could not be read in full: some names in it are "
				       "not in the manifest");
}

enum next enter_rename(struct recorder *r, struct task *task, struct pending *p)
{
	enum next next = enter_entry(r, task, p);

	if (next == NEXT_FOLLOW) {
		p->moves_folder = p->named[0] && p->named[1] && (is_folder(p, 0) || is_folder(p, 1));
		look_inside(r, p, 0);
		if (p->call.flags & RENAME_EXCHANGE)
			look_inside(r, p, 1);
		else if (p->named[1])
			originals_lose(r, &p->name[1], FILE_CONTENT | FILE_META);
	}
	return next;
}

enum next enter_link(struct recorder *r, struct task *task, struct pending *p)
{
	bool deleted;

	name_place(r, task, p, 1);
	name_place(r, task, p, 0);
	/*
	 * A file made with O_TMPFILE has no name, but it is the one that the new
	 * name will show: linkat(fd, "", AT_EMPTY_PATH) or through /proc/self/fd.
	 */
	if (!p->named[0] && p->call.empty_path &&
		resolve_fd(&r->resolver, task->tid, p->call.place[0].dirfd, &p->name[0], &deleted) == 0)
		p->named[0] = true;
	return p->error[1] == -ENOENT ? NEXT_GO : NEXT_FOLLOW;
}

static bool check_named(struct recorder *r, const struct pending *p, int i)
{
	if (!p->named[i])
		tell_unnamed(r, p, p->error[i]);
	return p->named[i];
}

void leave_made(struct recorder *r, struct task *task, struct pending *p, int64_t result)
{
	const char *path = p->name[0].path.data;
	struct inode made;
	uint32_t file;

	if (!check_named(r, p, 0))
		return;
	inode_stat(&made, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
	file = touches_made(&r->touches, &made);
	touches_path(&r->touches, path, &p->name[0].now, false);
	touches_place(&r->touches, path, file);
	tell_event(r, task, p, path, p->op == OP_SYMLINK ? p->target.data : NULL, file);
}

void leave_removed(struct recorder *r, struct task *task, struct pending *p, int64_t result)
{
	uint32_t file;

	if (!check_named(r, p, 0))
		return;
	file = touches_file(&r->touches, &p->name[0].now);
	touches_path(&r->touches, p->name[0].path.data, &p->name[0].now, false);
	touches_place(&r->touches, p->name[0].path.data, file);
	if (p->op == OP_RMDIR)
		folders_forget(&r->resolver.folders);
	tell_event(r, task, p, p->name[0].path.data, NULL, file);
}

void leave_link(struct recorder *r, struct task *task, struct pending *p, int64_t result)
{
	const char *path = p->name[1].path.data, *old = NULL;
	struct inode made;
	uint32_t file;

	if (!check_named(r, p, 1))
		return;
	inode_stat(&made, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
	file = touches_file(&r->touches, &made);
	touches_path(&r->touches, path, &p->name[1].now, false);
	touches_place(&r->touches, path, file);
	if (p->named[0]) {
		old = p->name[0].path.data;
		/* What is done to the file by its new name is done to the old one, too. */
		if (p->name[0].now.nlink)
			touches_path(&r->touches, old, &p->name[0].now, false);
		r->sink->alias(r->sink, file, path, old);
	}
	tell_event(r, task, p, path, old, file);
}

static void below(struct buf *out, const char *folder, const char *rel)
{
	buf_reset(out);
	buf_addf(out, "%s/%s", folder, rel);
}

/* What is in a folder that moves is gone from where it was. */
static void leave_inside(struct recorder *r, const struct walk *w, const char *from)
{
	_cleanup_buf_ struct buf path = BUF_INIT;
	size_t i;

	for (i = 0; i < w->count; i++) {
		below(&path, from, w->entries[i].rel);
		if (path.failed)
			return;
		touches_path(&r->touches, path.data, &w->entries[i].now, false);
		touches_place(&r->touches, path.data, touches_file(&r->touches, &w->entries[i].now));
	}
}

static void arrive_inside(struct recorder *r, const struct walk *w, const char *from, const char *to)
{
	static const struct inode nothing;
	_cleanup_buf_ struct buf old = BUF_INIT, new = BUF_INIT;
	size_t i;

	for (i = 0; i < w->count; i++) {
		uint32_t file = touches_file(&r->touches, &w->entries[i].now);

		below(&old, from, w->entries[i].rel);
		below(&new, to, w->entries[i].rel);
		if (old.failed || new.failed)
			return;
		touches_path(&r->touches, new.data, &nothing, false);
		touches_place(&r->touches, new.data, file);
		r->sink->alias(r->sink, file, new.data, old.data);
	}
}

static void expect_inside(struct recorder *r, const struct walk *w, const char *folder, bool there)
{
	static const struct inode nothing;
	_cleanup_buf_ struct buf path = BUF_INIT;
	size_t i;

	for (i = 0; i < w->count; i++) {
		below(&path, folder, w->entries[i].rel);
		if (!path.failed)
			touches_expect(&r->touches, path.data, there ? &w->entries[i].now : &nothing);
	}
}

static void inside_done(struct recorder *r, const struct walk *w, const char *folder)
{
	_cleanup_buf_ struct buf path = BUF_INIT;
	size_t i;

	for (i = 0; i < w->count; i++) {
		below(&path, folder, w->entries[i].rel);
		if (!path.failed)
			touches_done(&r->touches, path.data);
	}
}

/*
 * Others may meet what is in the folder under its new names before the exit
 * stop tells of them: then they must not take it for what was always there.
 */
void move_begins(struct recorder *r, struct pending *p)
{
	r->resolver.folders.moving++;
	folders_forget(&r->resolver.folders);
	expect_inside(r, &p->inside[0], p->name[0].path.data, true);
	expect_inside(r, &p->inside[1], p->name[1].path.data, true);
	expect_inside(r, &p->inside[0], p->name[1].path.data, false);
	expect_inside(r, &p->inside[1], p->name[0].path.data, false);
}

void move_ends(struct recorder *r, struct pending *p)
{
	inside_done(r, &p->inside[0], p->name[0].path.data);
	inside_done(r, &p->inside[1], p->name[1].path.data);
	inside_done(r, &p->inside[0], p->name[1].path.data);
	inside_done(r, &p->inside[1], p->name[0].path.data);
	r->resolver.folders.moving--;
	p->moves_folder = false;
}

static void move_one(struct recorder *r, const struct task *task, struct pending *p, int from, int to)
{
	const char *old = p->name[from].path.data, *new = p->name[to].path.data;
	uint32_t file = touches_file(&r->touches, &p->name[from].now);

	/* The last file at the old name is still this one, until another comes. */
	touches_place(&r->touches, old, file);
	touches_place(&r->touches, new, file);
	r->sink->alias(r->sink, file, new, old);
	tell_event(r, task, p, new, old, file);
}

void lost_names(struct recorder *r, struct pending *p)
{
	int i;

	for (i = 0; i < 2; i++)
		if (p->named[i])
			touches_path(&r->touches, p->name[i].path.data, &p->name[i].now, false);
}

void lost_rename(struct recorder *r, struct pending *p)
{
	lost_names(r, p);
	if (!p->named[0] || !p->named[1])
		return;
	leave_inside(r, &p->inside[0], p->name[0].path.data);
	leave_inside(r, &p->inside[1], p->name[1].path.data);
	arrive_inside(r, &p->inside[0], p->name[0].path.data, p->name[1].path.data);
	arrive_inside(r, &p->inside[1], p->name[1].path.data, p->name[0].path.data);
}

void leave_rename(struct recorder *r, struct task *task, struct pending *p, int64_t result)
{
	bool exchange = p->call.flags & RENAME_EXCHANGE;
	const char *old, *new;

	if (!check_named(r, p, 0) || !check_named(r, p, 1))
		return;
	old = p->name[0].path.data;
	new = p->name[1].path.data;
	touches_path(&r->touches, old, &p->name[0].now, false);
	touches_path(&r->touches, new, &p->name[1].now, false);
	/* With an exchange both ends lose something: all of that before anything arrives. */
	leave_inside(r, &p->inside[0], old);
	leave_inside(r, &p->inside[1], new);
	arrive_inside(r, &p->inside[0], old, new);
	arrive_inside(r, &p->inside[1], new, old);
	move_one(r, task, p, 0, 1);
	if (exchange) {
		move_one(r, task, p, 1, 0);
		/* That name is not empty after all. */
		touches_place(&r->touches, new, touches_file(&r->touches, &p->name[0].now));
	}
}
