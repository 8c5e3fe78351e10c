/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/sent.h"

#include <signal.h>
#include <sys/ptrace.h>

#include "base/proc.h"

/* Whom it is for, of those that matter: the caller's own process, or one that it names. */
static struct task *target_of(struct recorder *r, struct task *task, pid_t pid)
{
	const struct life *life;
	struct task *target;

	if (pid <= 0)
		pid = task->tgid;
	HASH_FIND_INT(r->tracer.tasks, &pid, target);
	if (!target || !target->data)
		return NULL;
	life = thread_of(target)->life;
	return life->threads > 1 || life->vain.signals ? target : NULL;
}

/* One that is blocked is not ignored: it may have a handler when it is no more. */
static bool ignores(pid_t tid, int sig)
{
	return proc_ignores(tid, sig) && !(proc_treats(tid, sig) & PROC_BLOCKS);
}

enum next enter_kill(struct recorder *r, struct task *task, struct pending *p)
{
	struct task *target = target_of(r, task, (pid_t)p->call.args[0]);
	int sig = (int)p->call.args[1];
	struct vain *vain;

	/* In a namespace of its own it knows others by these numbers. */
	if (!target || sig < 1 || sig > 64 || proc_is_nested(task->tid))
		return NEXT_GO;
	vain = &thread_of(target)->life->vain;
	if (vain->sender != task->tgid)
		*vain = (struct vain){ .sender = task->tgid };
	if (ignores(target->tid, sig))
		vain->signals |= 1ULL << (sig - 1);
	else
		vain->signals &= ~(1ULL << (sig - 1));
	return NEXT_GO;
}

/* The first process of a pid namespace. Asked once: a process may fault often. */
static bool is_first(const struct task *task)
{
	struct life *life = thread_of(task)->life;

	if (life->place == PLACE_UNKNOWN)
		life->place = proc_own_number(life->pid) == 1 ? PLACE_FIRST : PLACE_LATER;
	return life->place == PLACE_FIRST;
}

static bool read_info(const struct stop *stop, siginfo_t *si)
{
	return tracer_request(stop->task, PTRACE_GETSIGINFO, 0, si) == 0;
}

/* By kill(2) or rt_sigqueueinfo(2): who sent it; 0: not so, or from outside (is_from_within()). */
static pid_t sender_of(const struct stop *stop)
{
	siginfo_t si;

	if (!read_info(stop, &si))
		return 0;
	return si.si_code == SI_USER || si.si_code == SI_QUEUE ? si.si_pid : 0;
}

/*
 * The kernel forces upon it what it sends itself, and what has a sender whom its namespace gives no
 * number. A timer, a descriptor (F_SETSIG) or a child that ends by that signal has none to name,
 * and nothing of those is forced (has_si_pid_and_uid()).
 */
static bool is_from_within(const siginfo_t *si)
{
	if (si->si_code == SI_KERNEL)
		return false;
	return si->si_code > 0 || si->si_code == SI_TIMER || si->si_code == SI_SIGIO || si->si_pid;
}

/* Nothing from within stops the first process of a namespace, but a tracee it would stop. */
static bool stops_first(const struct stop *stop)
{
	siginfo_t si;

	return stop->signal == SIGSTOP && is_first(stop->task) && read_info(stop, &si) &&
		is_from_within(&si);
}

bool sent_in_vain(const struct stop *stop)
{
	const struct thread *thread = thread_of(stop->task);
	const struct vain *vain = &thread->life->vain;

	/* A tracer inside would have been shown it. */
	if (thread->tracee)
		return false;
	return stops_first(stop) || ((vain->signals >> (stop->signal - 1) & 1) &&
			sender_of(stop) == vain->sender);
}

/* Of the kernel's own, at an instruction. */
static bool is_fault(const struct stop *stop)
{
	const uint64_t faults = 1ULL << SIGSEGV | 1ULL << SIGBUS | 1ULL << SIGFPE | 1ULL << SIGILL |
		1ULL << SIGTRAP | 1ULL << SIGSYS;
	siginfo_t si;

	return stop->signal < 64 && (faults >> stop->signal & 1) && read_info(stop, &si) &&
		si.si_code > 0;
}

void sent_to_first(struct recorder *r, const struct stop *stop)
{
	if (!is_fault(stop) || !is_first(stop->task) ||
		(proc_treats(stop->task->tid, stop->signal) & PROC_HANDLES))
		return;
	kill(stop->task->tgid, SIGKILL);
	r->sink->note(r->sink,
		"the first process of a pid namespace was killed by a fault of its own: its status "
		"is that of SIGKILL");
}
