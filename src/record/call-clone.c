/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/call-clone.h"

#include <errno.h>
#include <linux/audit.h>
#include <sched.h>
#include <string.h>

#include "record/call-mount.h"
#include "trace/mem.h"

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
		mount_names_vary(r, task, p);
	/* also after one that made nothing */
	thread_of(task)->clones = flags & (CLONE_UNTRACED | CLONE_PARENT | CLONE_PTRACE);
	if (!(flags & CLONE_UNTRACED))
		return NEXT_GO;
	r->sink->note(r->sink,
		"clone with CLONE_UNTRACED: the flag was taken away, the child is on record");
	return take_away(task, p, flags & ~(uint64_t)CLONE_UNTRACED);
}
