/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "record/originals.h"
#include "trace/mem.h"

static const struct handler handlers[CALL_ACTIONS] = {
	[CALL_OPEN] = { OP_OPEN, enter_open, leave_open, lost_open },
	[CALL_RENAME] = { OP_RENAME, enter_rename, leave_rename, lost_rename },
	[CALL_LINK] = { OP_LINK, enter_link, leave_link, lost_names },
	[CALL_SYMLINK] = { OP_SYMLINK, enter_symlink, leave_made, lost_names },
	[CALL_UNLINK] = { OP_UNLINK, enter_unlink, leave_removed, lost_names },
	[CALL_RMDIR] = { OP_RMDIR, enter_entry, leave_removed, lost_names },
	[CALL_MKDIR] = { OP_MKDIR, enter_entry, leave_made, lost_names },
	[CALL_MKNOD] = { OP_MKNOD, enter_entry, leave_made, lost_names },
	[CALL_BIND] = { OP_MKNOD, enter_bind, leave_made, lost_names },
	[CALL_TRUNCATE] = { OP_TRUNCATE, enter_inode, leave_inode, lost_names },
	[CALL_CHMOD] = { OP_CHMOD, enter_inode, leave_inode, lost_names },
	[CALL_CHOWN] = { OP_CHOWN, enter_inode, leave_inode, lost_names },
	[CALL_UTIME] = { OP_UTIME, enter_inode, leave_inode, lost_names },
	[CALL_SETXATTR] = { OP_SETXATTR, enter_inode, leave_inode, lost_names },
	[CALL_REMOVEXATTR] = { OP_REMOVEXATTR, enter_inode, leave_inode, lost_names },
	[CALL_IO_URING] = { OP_NONE, enter_io_uring },
	[CALL_CLONE] = { OP_NONE, enter_clone },
	[CALL_NAMESPACE] = { OP_NONE, enter_namespace, leave_mount, lost_mount },
	[CALL_MOUNT] = { OP_NONE, enter_mount, leave_mount, lost_mount },
	[CALL_MOUNT_OPTION] = { OP_NONE, enter_mount_option },
	[CALL_ACCT] = { OP_OPEN, enter_acct, leave_inode, lost_names },
	[CALL_SECCOMP] = { OP_NONE, enter_seccomp },
	[CALL_PTRACE] = { OP_NONE, enter_ptrace },
};

enum next call_enter(struct recorder *r, struct task *task, const struct stop *stop)
{
	struct thread *thread = thread_of(task);
	uint64_t nr = stop->nr;
	int abi = abi_of_stop(stop->arch, &nr);
	const struct syscall *sys = abi < 0 ? NULL : syscall_find((enum abi)abi, nr);
	struct pending *p;
	enum next next;
	int i;

	if (!sys)
		return NEXT_GO;
	p = pending_begin(&thread->pending);
	if (!p)
		return NEXT_GO;
	p->call.sys = sys;
	p->call.nr = nr;
	p->call.abi = (enum abi)abi;
	p->op = handlers[sys->action].op;
	call_sort_arguments(&p->call, stop->args);
	r->spared.file = 0;
	next = handlers[sys->action].enter(r, task, p);
	p->spared = r->spared;
	for (i = 0; i < 2 && next == NEXT_FOLLOW; i++)
		if (p->named[i])
			touches_expect(&r->touches, p->name[i].path.data, &p->name[i].now);
	if (p->moves_folder)
		move_begins(r, p);
	return next;
}

static void call_done(struct recorder *r, struct pending *p)
{
	int i;

	for (i = 0; i < 2; i++)
		if (p->named[i])
			touches_done(&r->touches, p->name[i].path.data);
	if (p->moves_folder)
		move_ends(r, p);
}

void call_leave(struct recorder *r, struct task *task, const struct stop *stop)
{
	struct pending *p = thread_of(task)->pending;

	/* Only an open's success is a number of its own; see is_what_was_asked() for the others. */
	if (stop->result == 0 || (stop->result > 0 && p->call.sys->action == CALL_OPEN))
		handlers[p->call.sys->action].leave(r, task, p, stop->result);
	else
		originals_spared(r, p);
	call_done(r, p);
}

void call_lost(struct recorder *r, struct pending *p)
{
	handlers[p->call.sys->action].lost(r, p);
	originals_spared(r, p);
	call_done(r, p);
}

int read_place(struct recorder *r, const struct task *task, const struct pending *p, int i)
{
	ssize_t n = mem_read_string(task->tid, p->call.place[i].addr, r->text, sizeof r->text);

	return n < 0 ? (int)n : 0;
}

static int name_fd(struct recorder *r, const struct task *task, struct pending *p, int i)
{
	bool deleted;
	int e = resolve_fd(&r->resolver, task->tid, p->call.place[i].dirfd, &p->name[i], &deleted);

	/* Without a name it is in no file tree; only a later link can bring it there. */
	return e < 0 ? e : deleted ? -ENOENT : 0;
}

/* Without a name nothing is known to stand there, either. */
static void set_named(struct pending *p, int i, int error)
{
	p->named[i] = error == 0;
	p->error[i] = error;
	if (error < 0)
		p->name[i].now.exists = false;
}

void name_text(struct recorder *r, const struct task *task, struct pending *p, int i, const char *text)
{
	const struct place *at = &p->call.place[i];
	int e;

	if (at->follow)
		e = resolve_target(&r->resolver, task->tid, at->dirfd, text, &p->name[i]);
	else
		e = resolve_entry(&r->resolver, task->tid, at->dirfd, text, &p->name[i]);
	set_named(p, i, e);
}

void name_place(struct recorder *r, const struct task *task, struct pending *p, int i)
{
	const struct place *at = &p->call.place[i];
	int e = 0;

	if (!at->by_fd) {
		e = read_place(r, task, p, i);
		if (e == 0 && !(i == 0 && p->call.empty_path && r->text[0] == '\0')) {
			name_text(r, task, p, i, r->text);
			return;
		}
		if (e == 0 && at->dirfd == AT_FDCWD) {
			name_text(r, task, p, i, ".");
			return;
		}
	}
	if (e == 0)
		e = name_fd(r, task, p, i);
	set_named(p, i, e);
}

void tell_event(struct recorder *r, const struct task *task, const struct pending *p,
	const char *path, const char *old_path, uint32_t file)
{
	int64_t at = io_now_ns();
	struct life *life = thread_of(task)->life;
	struct event e = { .process = life->number, .op = p->op, .abi = p->call.abi, .file = file, .path = path,
		.old_path = old_path, .mode = p->call.mode, .at = at };

	e.exec = lives_exec_of(&r->lives, life, p->call.abi, at);
	if (p->op == OP_OPEN || p->op == OP_RENAME)
		e.flags = p->call.flags;
	r->sink->event(r->sink, &e);
}

void tell_unnamed(struct recorder *r, const struct pending *p, int error)
{
	char text[160];

	if (error == -ENODEV) {
		r->sink->note(r->sink, "files were changed on file systems that were mounted in a namespace "
				       "of the command's own: those are in no file tree of ours, and not on record");
		return;
	}
	if (error == -EREMOTE) {
		r->sink->note(r->sink, "files were changed on a file system that a process of the run serves itself (FUSE): "
				       "what that process wrote is on record, those names are not");
		return;
	}
	snprintf(text, sizeof text, "%s changed a file whose name could not be told: %s",
		p->call.sys->name, strerror(-error));
	r->sink->note(r->sink, text);
}
