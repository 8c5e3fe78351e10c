/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that change no file but could let changes go unseen. They are handled
 * at their entry; only of mounts the end matters, too.
 */
#include "record/odd.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/proc.h"
#include "record/overlay.h"
#include "record/strict.h"
#include "trace/mem.h"

static void note(struct recorder *r, const char *text)
{
	r->sink->note(r->sink, text);
}

enum next enter_io_uring(struct recorder *r, struct task *task, struct pending *p)
{
	if (r->allow_io_uring) {
		note(r, "io_uring was used (--io-uring=allow): what was "
			"changed through it is not on record");
		return NEXT_GO;
	}
	/* What it can do passes by ptrace and seccomp. Programs fall back to ordinary calls. */
	tracer_deny(task, ENOSYS);
	note(r, "io_uring was asked for and answered ENOSYS (--io-"
		"uring=allow leaves it open, unrecorded)");
	return NEXT_GO;
}

/* From here on a task may see other files by a name than we do. */
static void names_vary(struct recorder *r, const struct task *task, const struct pending *p)
{
	char text[128];

	r->resolver.roots_vary = true;
	served_begin(&r->resolver.served);
	mounts_begin(&r->resolver.mounts, task->tid);
	folders_forget(&r->resolver.folders);
	snprintf(text, sizeof text, "%s was called: names are looked up in each process's own root",
		p->call.sys->name);
	note(r, text);
}

/* What clone3(2) is asked for, again, where nothing of the program's can stand. 0 or -errno. */
static int point_elsewhere(struct task *task, const struct pending *p, uint32_t arch,
	uint64_t flags)
{
	uint64_t stack = tracer_stack(task), at = (stack - MEM_BELOW_STACK) & ~15ULL;
	uint8_t args[256];
	size_t size = p->call.args[1];

	if (!stack || size < sizeof flags || size > sizeof args)
		return -E2BIG;
	if (mem_read(task->tid, p->call.addr, args, size) < 0)
		return -EFAULT;
	memcpy(args, &flags, sizeof flags);
	if (mem_write(task->tid, at, args, size) < 0)
		return -EFAULT;
	return tracer_set_arg(task, arch, 0, at);
}

/* The kernel changes neither register nor memory, and both are the child's, too. */
static enum next take_away(struct task *task, const struct pending *p, uint64_t flags)
{
	uint32_t arch = p->call.abi == ABI_I386 ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64;
	int r;

	if (p->call.addr)
		r = point_elsewhere(task, p, arch, flags);
	else
		r = tracer_set_arg(task, arch, 0, p->call.args[0] & ~(uint64_t)CLONE_UNTRACED);
	if (r < 0) {
		mem_write(task->tid, p->call.addr, &flags, sizeof flags);
		return NEXT_GO;
	}
	thread_of(task)->cut = (struct cut){ arch, p->call.args[0] };
	return NEXT_EXIT;
}

void clone_cut_ends(struct task *task)
{
	struct thread *thread = thread_of(task);

	if (thread && thread->cut.arch)
		tracer_set_arg(task, thread->cut.arch, 0, thread->cut.arg);
	if (thread)
		thread->cut.arch = 0;
}

/*
 * CLONE_UNTRACED hides a child from every ptrace option. Such a child would
 * keep the filter and have no tracer, so each of its writes would answer
 * ENOSYS: the flag is taken away.
 */
enum next enter_clone(struct recorder *r, struct task *task, struct pending *p)
{
	uint64_t flags = p->call.flags;
	bool in_memory = p->call.addr != 0;

	if (in_memory && mem_read(task->tid, p->call.addr, &flags, sizeof flags) < 0)
		return NEXT_GO;
	if (flags & CLONE_NEWNS)
		names_vary(r, task, p);
	/* also after one that made nothing */
	thread_of(task)->clones = flags & (CLONE_UNTRACED | CLONE_PARENT | CLONE_PTRACE);
	if (!(flags & CLONE_UNTRACED))
		return NEXT_GO;
	note(r, "clone with CLONE_UNTRACED: the flag was taken away, the child is on record");
	return take_away(task, p, flags & ~(uint64_t)CLONE_UNTRACED);
}

enum next enter_namespace(struct recorder *r, struct task *task, struct pending *p)
{
	if (p->call.sys->args[0] == ARG_NSFLAGS && !(p->call.flags & NAMESPACE_MASK))
		return NEXT_GO;
	names_vary(r, task, p);
	return NEXT_FOLLOW;
}

enum next enter_mount(struct recorder *r, struct task *task, struct pending *p)
{
	char text[128];

	/* What a mount hides or shows is no change to a file, and no snapshot's business. */
	r->sink->let_go(r->sink);
	r->handles = true; /* open_tree(2) gives one, too */
	served_begin(&r->resolver.served);
	mounts_begin(&r->resolver.mounts, task->tid);
	folders_forget(&r->resolver.folders);
	overlay_mount(r, task, &p->call);
	snprintf(text, sizeof text,
		"%s was called: what a mount hides or shows is not in the manifest",
		p->call.sys->name);
	note(r, text);
	return NEXT_FOLLOW;
}

/* Others may have looked names up between the entry and what the call did. */
void lost_mount(struct recorder *r, struct pending *p)
{
	mounts_changed(&r->resolver.mounts);
	folders_forget(&r->resolver.folders);
}

void check_proc(struct recorder *r)
{
	if (r->proc_lost || proc_check() == 0)
		return;
	r->proc_lost = true;
	r->sink->lost(r->sink,
		"/proc was unmounted while the command ran: names of files are told by it, and "
		"what was changed since is not all on record");
}

void leave_mount(struct recorder *r, struct task *task, struct pending *p, int64_t result)
{
	served_learn(&r->resolver.served, task->tid);
	check_proc(r);
	lost_mount(r, p);
}

/*
 * A filter with a listener (SECCOMP_RET_USER_NOTIF) outranks ours: a call that
 * its supervisor lets pass (FLAG_CONTINUE) is made without a stop of our
 * filter's. So from here on every call stops, before any filter is asked.
 */
enum next enter_seccomp(struct recorder *r, struct task *task, struct pending *p)
{
	const uint64_t *args = p->call.args;

	if (args[0] == SECCOMP_SET_MODE_STRICT && !args[1] && !args[2])
		strict_begin(r, task);
	if (!(args[1] & SECCOMP_FILTER_FLAG_NEW_LISTENER) || r->tracer.every_call)
		return NEXT_GO;
	r->tracer.every_call = true;
	note(r,
		"a program asked for a seccomp filter with a listener: from "
		"then on each call was stopped at, "
		"which is slower");
	return NEXT_GO;
}

/* Is there a filter? Not as far as the program knows, while ours is the only one. */
enum next enter_prctl(struct recorder *r, struct task *task, struct pending *p)
{
	if (p->call.flags == PR_SET_SECCOMP && p->call.args[1] == SECCOMP_MODE_STRICT)
		strict_begin(r, task);
	if (p->call.flags == PR_GET_SECCOMP && r->filtered && proc_filters(task->tid) <= 1)
		tracer_deny(task, 0);
	return NEXT_GO;
}

/*
 * A pidfd tells that a process has ended as soon as it has; its parent may wait for it only when
 * its tracer has done so. Who waits for ever waits for that, too. (Nor does the filter stop who
 * asks for any child: rules.c.)
 */
enum next enter_wait(struct recorder *r, struct task *task, struct pending *p)
{
	if (p->call.flags & WNOHANG)
		tracer_reap(&r->tracer);
	return NEXT_GO;
}
