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

bool sent_in_vain(const struct stop *stop)
{
	const struct thread *thread = thread_of(stop->task);
	const struct vain *vain = &thread->life->vain;
	siginfo_t si;

	/* A tracer inside would have been shown it. */
	if (!(vain->signals >> (stop->signal - 1) & 1) || thread->tracee)
		return false;
	return tracer_request(stop->task, PTRACE_GETSIGINFO, 0, &si) == 0 &&
		(si.si_code == SI_USER || si.si_code == SI_QUEUE) && si.si_pid == vain->sender;
}
