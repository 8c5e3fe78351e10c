/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/children.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/io.h"
#include "base/proc.h"
#include "record/call-clone.h"
#include "record/inner-stops.h"
#include "trace/mem.h"

/*
 * So long nobody asks: the event is on its way. And whoever has not told
 * by then never will, though it looks busy.
 */
#define DOUBT_NS (WAIT_IDLE_MS * 1000000LL)
#define NEVER_NS (50 * DOUBT_NS)

static int start_task(struct recorder *r, struct task *task, const struct stop *stop)
{
	const struct thread *thread = thread_of(task);

	/* A new task has its maker's options. */
	clone_cut_ends(task);
	if (thread->tracee || thread->watched)
		inner_options(r, task);
	return inner_takes(r, stop) ? 0 : tracer_resume(&r->tracer, stop, false);
}

int child_reports(struct recorder *r, const struct stop *stop)
{
	struct task *task = stop->task;

	if (task->data)
		return start_task(r, task, stop);
	task->held = true;
	task->held_signal = stop->signal;
	task->held_ns = io_monotonic_ns();
	r->tracer.held++;
	return 0;
}

static void hold_no_more(struct recorder *r, struct task *task)
{
	if (task->held)
		r->tracer.held--;
	task->held = false;
}

static int let_go(struct recorder *r, struct task *task)
{
	struct stop stop = { .task = task, .kind = STOP_NEW, .signal = task->held_signal };

	hold_no_more(r, task);
	return start_task(r, task, &stop);
}

void child_ends(struct recorder *r, const struct stop *stop)
{
	hold_no_more(r, stop->task);
	stop->task->dead = true;
	stop->task->dead_status = stop->status;
}

/* What a clone asked for. */
static uint64_t flags_asked(const struct stop *told)
{
	struct stop stop = *told;
	struct call c = { 0 };
	uint64_t nr, flags;
	int abi;

	if (tracer_making(&stop) < 0)
		return 0;
	nr = stop.nr;
	abi = abi_of_stop(stop.arch, &nr);
	c.sys = abi < 0 ? NULL : syscall_find((enum abi)abi, nr);
	if (!c.sys || c.sys->action != CALL_CLONE)
		return 0; /* fork, vfork */
	c.abi = (enum abi)abi;
	call_sort_arguments(&c, stop.args);
	flags = c.flags;
	/*
	 * What it asked for is in memory that nobody may read (undumpable, and
	 * we are not root): then by what came of it.
	 */
	if (c.addr && mem_read(stop.task->tid, c.addr, &flags, sizeof flags) < 0)
		return proc_of_thread(stop.other) == stop.task->tgid ? CLONE_THREAD : 0;
	return flags;
}

/* Is there such a thread, of that process? */
static bool is_there(pid_t process, pid_t tid)
{
	return syscall(SYS_tgkill, process, tid, 0) == 0 || errno == EPERM;
}

/*
 * The kernel's events do not tell a thread from a process: any kind of
 * clone(2) may be either. Nearly always what came of it does; its flags count
 * where there is more to them, or the child has come and gone.
 */
static uint64_t flags_of(const struct recorder *r, const struct stop *stop)
{
	pid_t process = stop->task->tgid, child = stop->other;

	if (r->tracer.command && !thread_of(stop->task)->clones) {
		if (is_there(child, child))
			return 0;
		if (is_there(process, child))
			return CLONE_THREAD;
	}
	return flags_asked(stop);
}

/* What is known under this number: may it still be the child that is told of now? */
static struct task *child_task(struct recorder *r, pid_t tid)
{
	struct task *task;
	bool there;

	HASH_FIND_INT(r->tracer.tasks, &tid, task);
	if (task && !task->dead)
		return task;
	there = kill(tid, 0) == 0 || errno == EPERM;
	if (task && there) {
		/* Numbers come round: that one died with its maker, long ago. */
		tracer_forget(&r->tracer, task);
		task = NULL;
	}
	/* One that is gone without a trace was adopted, has run, and is on record. */
	return task || !there ? task : tracer_task(&r->tracer, tid);
}

int child_told(struct recorder *r, const struct stop *stop)
{
	struct task *child = stop->other ? child_task(r, stop->other) : NULL;
	uint64_t flags = child ? flags_of(r, stop) : 0;
	int64_t now = io_now_ns();
	/* With CLONE_UNTRACED the kernel has no event for a tracer. */
	bool untraced = thread_of(stop->task)->clones & CLONE_UNTRACED, taken = false;
	int e;

	if (child) {
		e = lives_child(&r->lives, stop->task, child, flags & CLONE_THREAD, now);
		if (e < 0)
			return e;
		inner_child(r, stop, child, flags);
		thread_of(child)->cut = thread_of(stop->task)->cut;
		taken = !untraced && inner_takes(r, stop);
		if (child->dead) {
			lives_end(&r->lives, child, child->dead_status, now);
			tracer_forget(&r->tracer, child);
		} else if (child->held) {
			let_go(r, child);
		}
	}
	clone_cut_ends(stop->task);
	return taken ? 0 : tracer_resume(&r->tracer, stop, false);
}

static bool is_known(const struct recorder *r, pid_t tid)
{
	struct task *task;

	HASH_FIND_INT(r->tracer.tasks, &tid, task);
	return task && task->data;
}

/* Threads are of no interest here, and nor is what is gone: its end comes yet. */
static bool is_held_process(struct task *task)
{
	if (task->held && task->tgid == 0)
		task->tgid = proc_of_thread(task->tid);
	return task->held && task->tgid == task->tid;
}

/* Its parent is the process that made it, or, if that is gone, one that such children come to. */
static bool may_be_told(const struct recorder *r, const struct task *task, pid_t ppid)
{
	int64_t held = io_monotonic_ns() - task->held_ns;

	return is_known(r, ppid) && (held < DOUBT_NS || (held < NEVER_NS && proc_is_running(ppid)));
}

static void adopt(struct recorder *r, struct task *task)
{
	pid_t ppid = proc_parent(task->tid);

	if (may_be_told(r, task, ppid))
		return;
	if (lives_found(&r->lives, task, task->tid, NULL, ABI_X86_64, io_now_ns()) < 0)
		return;
	thread_of(task)->watched = true; /* perhaps: who made it is not known */
	let_go(r, task);
}

void children_adopt(struct recorder *r)
{
	struct task *task, *next;

	if (r->tracer.held == 0)
		return;
	HASH_ITER(hh, r->tracer.tasks, task, next)
		if (is_held_process(task))
			adopt(r, task);
}

void children_of_exec(struct recorder *r, struct task *parent)
{
	struct task *task, *next;

	if (r->tracer.held == 0)
		return;
	HASH_ITER(hh, r->tracer.tasks, task, next) {
		if (!is_held_process(task) || proc_parent(task->tid) != parent->tid)
			continue;
		if (lives_child(&r->lives, parent, task, false, io_now_ns()) < 0)
			continue;
		thread_of(task)->watched = true; /* perhaps: by that thread, or by another */
		let_go(r, task);
	}
}
