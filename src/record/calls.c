/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/calls.h"

#include <errno.h>
#include <fcntl.h>

#include "record/call-clone.h"
#include "record/call-entry.h"
#include "record/call-inode.h"
#include "record/call-mount.h"
#include "record/call-open.h"
#include "record/call-rename.h"
#include "record/call-unseen.h"
#include "record/inner-calls.h"
#include "record/originals.h"
#include "record/overlay.h"
#include "record/places.h"
#include "record/sent.h"
#include "record/sleep.h"
#include "record/subvolumes.h"

static const struct handler handlers[CALL_ACTIONS] = {
	[CALL_OPEN] = { OP_OPEN, enter_open, leave_open, lost_open },
	[CALL_RENAME] = { OP_RENAME, enter_rename, leave_rename, lost_rename, rename_shows,
		rename_begins, rename_ends },
	[CALL_LINK] = { OP_LINK, enter_link, leave_link, places_lost, link_shows },
	[CALL_SYMLINK] = { OP_SYMLINK, enter_symlink, leave_made, places_lost, made_shows },
	[CALL_UNLINK] = { OP_UNLINK, enter_unlink, leave_removed, places_lost, removed_shows },
	[CALL_RMDIR] = { OP_RMDIR, enter_entry, leave_removed, places_lost, removed_shows },
	[CALL_MKDIR] = { OP_MKDIR, enter_entry, leave_made, places_lost, made_shows },
	[CALL_MKNOD] = { OP_MKNOD, enter_entry, leave_made, places_lost, made_shows },
	[CALL_BIND] = { OP_MKNOD, enter_bind, leave_made, places_lost, made_shows },
	[CALL_TRUNCATE] = { OP_TRUNCATE, enter_inode, leave_inode, places_lost },
	[CALL_CHMOD] = { OP_CHMOD, enter_inode, leave_inode, places_lost },
	[CALL_CHOWN] = { OP_CHOWN, enter_inode, leave_inode, places_lost },
	[CALL_UTIME] = { OP_UTIME, enter_inode, leave_inode, places_lost },
	[CALL_SETXATTR] = { OP_SETXATTR, enter_inode, leave_inode, places_lost },
	[CALL_REMOVEXATTR] = { OP_REMOVEXATTR, enter_inode, leave_inode, places_lost },
	[CALL_IO_URING] = { OP_NONE, enter_io_uring },
	[CALL_CLONE] = { OP_NONE, enter_clone },
	[CALL_NAMESPACE] = { OP_NONE, enter_namespace, leave_mount, lost_mount },
	[CALL_MOUNT] = { OP_NONE, enter_mount, leave_mount, lost_mount },
	[CALL_MOUNT_OPTION] = { OP_NONE, enter_mount_option },
	[CALL_SUBVOLUME] = { OP_NONE, enter_subvolume, leave_subvolume, places_lost,
		subvolume_shows },
	[CALL_ACCT] = { OP_OPEN, enter_acct, leave_inode, places_lost },
	[CALL_FANOTIFY] = { OP_NONE, enter_fanotify },
	[CALL_SECCOMP] = { OP_NONE, enter_seccomp },
	[CALL_PRCTL] = { OP_NONE, enter_prctl },
	[CALL_PTRACE] = { OP_NONE, enter_ptrace },
	[CALL_WAIT] = { OP_NONE, enter_wait },
	[CALL_KILL] = { OP_NONE, enter_kill },
	[CALL_SLEEP] = { OP_NONE, enter_sleep },
};

const struct handler *call_handler(enum action action)
{
	return &handlers[action];
}

/* May it change a name, or what a name leads to? As far as its numbers tell. */
static bool may_change(const struct call *c)
{
	if (c->sys->action == CALL_OPEN && !c->addr)
		return open_flags_change(c->flags);
	return handlers[c->sys->action].leave;
}

/* Its names are known. */
static enum next go_or_wait(struct recorder *r, const struct task *task, struct pending *p)
{
	p->spared = r->spared;
	if (r->may_wait && (r->has_to || turns_meet(&r->turns, p))) {
		originals_spared(r, p);
		return NEXT_WAIT;
	}
	turns_go(&r->turns, p, task->tid);
	places_begin(r, p);
	if (handlers[p->call.sys->action].begins)
		handlers[p->call.sys->action].begins(r, p);
	return NEXT_FOLLOW;
}

enum next call_enter(struct recorder *r, struct task *task, const struct stop *stop, enum turn turn)
{
	struct thread *thread = thread_of(task);
	uint64_t nr = stop->nr;
	int abi = abi_of_stop(stop->arch, &nr);
	const struct syscall *sys = abi < 0 ? NULL : syscall_find((enum abi)abi, nr);
	struct pending *p;
	enum next next;

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
	if (turn == TURN_NEW && turns_are_taken(&r->turns) && may_change(&p->call))
		return NEXT_WAIT;
	r->spared.file = 0;
	r->may_wait = turn != TURN_FORCED;
	r->has_to = false;
	next = handlers[sys->action].enter(r, task, p);
	if (next == NEXT_FOLLOW || r->has_to)
		next = go_or_wait(r, task, p);
	r->may_wait = false;
	return next;
}

static void call_done(struct recorder *r, struct pending *p)
{
	places_end(r, p);
	if (handlers[p->call.sys->action].ends)
		handlers[p->call.sys->action].ends(r, p);
	turns_done(&r->turns, p);
}

/*
 * A rename between two names of one file does nothing: what would
 * have been lost stands where it stood.
 */
static bool lost_nothing(const struct pending *p)
{
	const struct name *n = &p->name[p->op == OP_RENAME];

	return inode_stands_at(&n->now, n->path.data, AT_SYMLINK_NOFOLLOW);
}

/* What an installer wants to be there and finds there is not made, and wanted all the same. */
static void tell_stood(struct recorder *r, const struct pending *p)
{
	int i = p->op == OP_LINK;

	if (p->named[i] && p->name[i].now.exists)
		r->sink->stood(r->sink, p->name[i].path.data);
}

void call_leave(struct recorder *r, struct task *task, const struct stop *stop)
{
	struct pending *p = thread_of(task)->pending;
	bool open = p->call.sys->action == CALL_OPEN;

	if (p->spared.file && (stop->result != 0 || lost_nothing(p)))
		originals_spared(r, p);
	else
		originals_gone(r, p);
	/* An open's success is a number of its own, and names the file. */
	if (stop->result == 0 && !open)
		places_again(r, task, p);
	if (stop->result == 0 || (stop->result > 0 && open))
		handlers[p->call.sys->action].leave(r, task, p, stop->result);
	if (stop->result == -EEXIST)
		tell_stood(r, p);
	call_done(r, p);
}

void call_lost(struct recorder *r, struct task *task, struct pending *p)
{
	const struct handler *h = &handlers[p->call.sys->action];

	if (h->shows && h->shows(p))
		h->leave(r, task, p, 0);
	else
		h->lost(r, p);
	originals_spared(r, p);
	call_done(r, p);
}
