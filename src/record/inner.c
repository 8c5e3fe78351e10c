/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/inner.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/proc.h"

struct task *inner_task(struct recorder *r, pid_t tid)
{
	struct task *task;

	HASH_FIND_INT(r->tracer.tasks, &tid, task);
	return task && task->data ? task : NULL;
}

void inner_kick(struct task *task)
{
	if (tracer_request(task, PTRACE_INTERRUPT, 0, NULL) == 0)
		thread_of(task)->kick = KICK_SENT;
}

/* A thread may wait already, where nothing has stopped it: it is got out, and waits anew. */
static void watch_calls(struct recorder *r, pid_t process, bool watch)
{
	struct task *task, *next;

	HASH_ITER(hh, r->tracer.tasks, task, next) {
		if (!task->data || task->tgid != process || task->all_calls == watch ||
			thread_of(task)->strict)
			continue;
		task->all_calls = watch;
		if (watch)
			inner_kick(task);
	}
}

void inner_wake(struct recorder *r)
{
	struct task *task, *next;

	HASH_ITER(hh, r->tracer.tasks, task, next)
		if (task->data && thread_of(task)->waits.pauses)
			inner_kick(task);
}

/* Of the command's threads only the first is watched: the process is there as long as that one. */
int inner_options(struct recorder *r, struct task *task)
{
	struct thread *thread = thread_of(task);
	uint32_t options = thread->tracee ? thread->tracee->options : 0;
	bool command = thread->life == r->lives.command && task->tid == thread->life->pid;

	thread->watched = command || (options & PTRACE_O_TRACEEXIT);
	return tracer_watch(&r->tracer, task, thread->watched,
		options & PTRACE_O_TRACEVFORKDONE);
}

bool inner_is_child(const struct task *task, pid_t process)
{
	return task->tid == task->tgid && proc_parent(task->tid) == process;
}

int inner_begin(struct recorder *r, struct task *tracer, struct task *task, bool seized,
	uint32_t options)
{
	struct tracee *t = tracees_add(&r->tracees);

	if (!t)
		return -ENOMEM;
	t->task = task;
	t->tid = task->tid;
	t->tgid = task->tgid;
	t->tracer = tracer->tid;
	t->tracer_process = tracer->tgid;
	t->uid = proc_user(task->tid);
	t->own_child = inner_is_child(task, tracer->tgid);
	t->seized = seized;
	t->options = options;
	t->awaits_options = options & (PTRACE_O_TRACEEXIT | PTRACE_O_TRACEVFORKDONE);
	thread_of(task)->tracee = t;
	r->tracees.asked = 0;
	r->tracer.usage_wanted = true;
	watch_calls(r, tracer->tgid, true);
	return 0;
}

void inner_end(struct recorder *r, struct tracee *t)
{
	pid_t process = t->tracer_process;

	if (t->task) {
		t->task->request = 0;
		t->options = 0;
		inner_options(r, t->task);
		thread_of(t->task)->tracee = NULL;
	}
	tracees_remove(&r->tracees, t);
	if (!tracees_of(&r->tracees, process))
		watch_calls(r, process, false);
	inner_wake(r);
}

/* At a call's entry the tracer came first: what it has left there is ours to record. */
static int release(struct recorder *r, const struct stop *stop)
{
	struct released *one = malloc(sizeof *one);

	if (!one)
		return -ENOMEM;
	one->stop = *stop;
	tracer_look(&one->stop);
	one->next = r->tracees.released;
	r->tracees.released = one;
	return 0;
}

bool inner_released(struct recorder *r, struct stop *stop)
{
	struct released *one = r->tracees.released;

	if (!one)
		return false;
	*stop = one->stop;
	r->tracees.released = one->next;
	free(one);
	return true;
}

/* Of a signal that its tracer has put in another's place the kernel would say that it is ours. */
static void sign(const struct tracee *t, int sig)
{
	siginfo_t si = { 0 };

	if (t->stop.kind != STOP_SIGNAL || sig == 0 || sig == t->stop.signal)
		return;
	if (tracer_request(t->task, PTRACE_GETSIGINFO, 0, &si) == 0 && si.si_signo == sig)
		return;
	si = (siginfo_t){ .si_signo = sig, .si_code = SI_USER };
	si.si_pid = t->tracer;
	si.si_uid = proc_user(t->tracer);
	tracer_request(t->task, PTRACE_SETSIGINFO, 0, &si);
}

/* A new thread stands where a signal would have stopped it: it may be told to take that. */
static void send_on(struct tracee *t, int sig)
{
	if (t->stop.kind != STOP_NEW || t->seized || sig == 0)
		return;
	t->passes = sig;
	syscall(SYS_tgkill, t->tgid, t->tid, sig);
}

static void give_signal(struct tracee *t, int sig)
{
	struct stop *stop = &t->stop;

	sign(t, sig);
	send_on(t, sig);
	if (stop->kind == STOP_SIGNAL || stop->kind == STOP_CALL_ENTRY ||
		stop->kind == STOP_CALL_EXIT)
		stop->signal = sig;
	t->stopped = false;
}

static int resume(struct recorder *r, const struct stop *stop, bool emulated)
{
	if ((stop->kind == STOP_CALL_ENTRY || stop->kind == STOP_FOREIGN) && !emulated)
		return release(r, stop);
	return tracer_resume(&r->tracer, stop, false);
}

int inner_go_on(struct recorder *r, struct tracee *t, int request, int sig)
{
	give_signal(t, sig);
	/* Left to itself it would stand still with its group. */
	if (t->stop.kind == STOP_GROUP || t->stop.kind == STOP_NEW) {
		t->stop.kind = STOP_OTHER;
		t->stop.signal = 0;
	}
	t->task->request = request == PTRACE_CONT ? 0 : request;
	return resume(r, &t->stop, t->emulated);
}

int inner_detach(struct recorder *r, struct tracee *t, int sig)
{
	bool emulated = t->emulated, stopped = t->stopped;
	struct stop stop;

	if (stopped)
		give_signal(t, sig);
	stop = t->stop;
	inner_end(r, t);
	return stopped ? resume(r, &stop, emulated) : 0;
}
