/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/inner-stops.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/proc.h"
#include "record/inner-wait.h"

#ifndef PTRACE_SYSEMU
#define PTRACE_SYSEMU 31
#define PTRACE_SYSEMU_SINGLESTEP 32
#endif

#define STOPPED_BY(sig) ((int)((unsigned int)(sig) << 8 | 0x7f))

/* It stands, and its tracer is told of it, by this wait status. */
static bool stands(struct recorder *r, const struct stop *stop, int status)
{
	struct tracee *t = thread_of(stop->task)->tracee;

	t->stop = *stop;
	t->status = status;
	t->usage = r->tracer.usage;
	t->stopped = true;
	t->told = false;
	t->interrupted = false;
	t->info = INFO_KERNELS;
	tracees_last(&r->tracees, t);
	inner_tell(r, t);
	return true;
}

static bool takes_call(struct recorder *r, const struct stop *stop, struct tracee *t)
{
	int request = t->task->request;

	t->emulated = stop->kind == STOP_CALL_ENTRY &&
		(request == PTRACE_SYSEMU || request == PTRACE_SYSEMU_SINGLESTEP);
	/* A filter's stop is ours alone: its tracer has seen the entry. */
	if (stop->status >> 16 || (request != PTRACE_SYSCALL && !t->emulated))
		return false;
	stands(r, stop, STOPPED_BY(SIGTRAP | (t->options & PTRACE_O_TRACESYSGOOD ? 0x80 : 0)));
	if (!(t->options & PTRACE_O_TRACESYSGOOD)) {
		t->info = INFO_OURS;
		tracer_request(t->task, PTRACE_GETSIGINFO, 0, &t->siginfo);
		t->siginfo.si_code = SIGTRAP;
	}
	return true;
}

static bool is_ours(const struct tracee *t, siginfo_t *si)
{
	return tracer_request(t->task, PTRACE_GETSIGINFO, 0, si) == 0 && si->si_pid == getpid() &&
		(si->si_code == SI_TKILL || si->si_code == SI_USER);
}

/* A signal that we have sent in the kernel's stead is told of as the kernel's. */
static void sign(struct tracee *t, const struct stop *stop)
{
	siginfo_t si;

	if (stop->signal == SIGSTOP && t->attaching && is_ours(t, &si)) {
		t->attaching = false;
		si = (siginfo_t){ .si_signo = SIGSTOP, .si_code = SI_KERNEL };
	} else if (stop->signal == SIGTRAP && t->traps && is_ours(t, &si)) {
		t->traps = false;
		si.si_code = SI_USER;
		si.si_pid = t->tgid;
		si.si_uid = proc_user(t->tid);
	} else {
		return;
	}
	tracer_request(t->task, PTRACE_SETSIGINFO, 0, &si);
}

static bool takes_signal(struct recorder *r, const struct stop *stop, struct tracee *t)
{
	if (t->passes == stop->signal) {
		t->passes = 0;
		return false;
	}
	sign(t, stop);
	return stands(r, stop, stop->status);
}

/* It has stopped with its group. Who was not asked for by PTRACE_SEIZE knows no event for that. */
static bool takes_group(struct recorder *r, const struct stop *stop, struct tracee *t)
{
	if (t->seized)
		return stands(r, stop, STOPPED_BY(stop->signal | PTRACE_EVENT_STOP << 8));
	stands(r, stop, STOPPED_BY(stop->signal));
	t->info = INFO_NONE;
	return true;
}

static bool takes_new(struct recorder *r, const struct stop *stop, struct tracee *t)
{
	int sig = stop->signal ? stop->signal : SIGTRAP;

	if (!t->born)
		return false; /* it has a tracer since, but not from its birth */
	t->born = false;
	if (t->seized)
		return stands(r, stop, STOPPED_BY(sig | PTRACE_EVENT_STOP << 8));
	stands(r, stop, STOPPED_BY(SIGSTOP));
	t->info = INFO_OURS;
	t->siginfo = (siginfo_t){ .si_signo = SIGSTOP, .si_code = SI_USER };
	return true;
}

/* An event is told of to who has asked for it; the option's bit has the event's number. */
static bool takes_event(struct recorder *r, const struct stop *stop, struct tracee *t)
{
	unsigned int event = (unsigned int)stop->status >> 16;

	if (event == PTRACE_EVENT_STOP && thread_of(t->task)->kick && !t->interrupted)
		return false;
	if (event == PTRACE_EVENT_STOP)
		return t->seized && stands(r, stop, stop->status);
	return event < 8 && (t->options >> event & 1) && stands(r, stop, stop->status);
}

/* Without the event there is a signal, unless it was seized. */
static bool takes_exec(struct recorder *r, const struct stop *stop, struct tracee *t)
{
	if (takes_event(r, stop, t))
		return true;
	if (!t->seized) {
		t->traps = true;
		syscall(SYS_tgkill, t->tgid, t->tid, SIGTRAP);
	}
	return false;
}

static bool (*const takes[])(struct recorder *r, const struct stop *stop, struct tracee *t) = {
	[STOP_CALL_ENTRY] = takes_call,
	[STOP_CALL_EXIT] = takes_call,
	[STOP_FOREIGN] = takes_event,
	[STOP_NEW] = takes_new,
	[STOP_CHILD] = takes_event,
	[STOP_EXEC] = takes_exec,
	[STOP_SIGNAL] = takes_signal,
	[STOP_GROUP] = takes_group,
	[STOP_EXITING] = takes_event,
	[STOP_OTHER] = takes_event,
	[STOP_NONE] = NULL,
};

/*
 * Any stop that begins after a kick is its end. Did this one begin before? Another kick leaves no
 * doubt: the stop that follows is the end of both.
 */
static void settle_kick(const struct stop *stop)
{
	struct thread *thread = thread_of(stop->task);

	if (thread->kick == KICK_SURE ||
		(stop->kind == STOP_OTHER && stop->status >> 16 == PTRACE_EVENT_STOP))
		thread->kick = KICK_NONE;
	if (thread->kick != KICK_SENT)
		return;
	inner_kick(stop->task);
	thread->kick = KICK_SURE;
}

bool inner_takes(struct recorder *r, const struct stop *stop)
{
	struct thread *thread = thread_of(stop->task);
	struct tracee *t = thread ? thread->tracee : NULL;
	bool taken;

	if (!t || !takes[stop->kind])
		return false;
	if (t->awaits_options)
		inner_options(r, t->task);
	t->awaits_options = false;
	taken = takes[stop->kind](r, stop, t);
	/* Any stop is enough for PTRACE_INTERRUPT, but of this one its tracer knows nothing. */
	if (!taken && t->interrupted)
		tracer_request(t->task, PTRACE_INTERRUPT, 0, NULL);
	settle_kick(stop);
	return taken;
}

static uint32_t option_of(const struct stop *stop)
{
	return 1U << ((unsigned int)stop->status >> 16);
}

void inner_child(struct recorder *r, const struct stop *stop, struct task *child, uint64_t flags)
{
	struct thread *maker = thread_of(stop->task);
	const struct tracee *t = maker->tracee;
	bool untraced = maker->clones & CLONE_UNTRACED;
	struct task *tracer;

	maker->clones = 0;
	if (!(flags & CLONE_THREAD))
		thread_of(child)->maker = flags & CLONE_PARENT ? maker->maker : stop->task->tid;
	else {
		thread_of(child)->maker = maker->maker;
		child->all_calls = stop->task->all_calls;
	}
	if (!t || thread_of(child)->tracee)
		return;
	if (!(flags & CLONE_PTRACE) && (untraced || !(t->options & option_of(stop))))
		return;
	tracer = inner_task(r, t->tracer);
	if (tracer && inner_begin(r, tracer, child, t->seized, t->options) == 0)
		thread_of(child)->tracee->born = true;
}

/* Has its new program got rights that who ran it had not? getauxval(3) would say so. */
static bool has_gained(pid_t tid, bool wide)
{
	_cleanup_buf_ struct buf raw = BUF_INIT;
	char path[PROC_PATH];
	uint32_t words[4];
	size_t at, step = wide ? 16 : 8;

	proc_path(path, tid, "auxv");
	if (io_read_file(path, &raw, 4096) < 0)
		return true;
	for (at = 0; at + step <= raw.len; at += step) {
		memcpy(words, raw.data + at, step);
		if (words[0] == AT_SECURE)
			return words[wide ? 2 : 1];
	}
	return true;
}

/* The kernel gives a traced program no rights that its tracer has not; it has asked about us. */
static void check_rights(struct recorder *r, struct tracee *t, bool wide)
{
	if (proc_is_capable(t->tracer, CAP_SYS_PTRACE) || !has_gained(t->tid, wide))
		return;
	r->sink->note(r->sink,
		"a program that gains rights was run by one that was traced by strace, gdb or "
		"their like: it went on with its rights, and without that tracer");
	inner_detach(r, t, 0);
}

static void let_go_of(struct recorder *r, pid_t tracer)
{
	struct tracee *t, *next;

	for (t = r->tracees.first; t; t = next) {
		next = t->next;
		if (t->tracer != tracer)
			continue;
		if (!t->task) {
			inner_end(r, t);
			continue;
		}
		if (t->options & PTRACE_O_EXITKILL)
			kill(t->tid, SIGKILL);
		inner_detach(r, t, t->told || t->stop.kind != STOP_SIGNAL ? 0 : t->stop.signal);
	}
}

/* Another thread's exec: the leader that it takes the place of is no more. */
static void take_place(struct recorder *r, struct task *leader, struct task *former)
{
	struct thread *to = thread_of(leader), *from = thread_of(former);
	struct tracee *t;

	if (to->tracee)
		tracees_remove(&r->tracees, to->tracee);
	to->tracee = from->tracee;
	to->waits = (struct waits){ 0 };
	leader->request = former->request;
	from->tracee = NULL;
	if (to->tracee) {
		to->tracee->task = leader;
		to->tracee->tid = leader->tid;
		to->tracee->own_child =
			inner_is_child(leader, to->tracee->tracer_process);
	}
	let_go_of(r, leader->tid);
	for (t = r->tracees.first; t; t = t->next)
		if (t->tracer == former->tid)
			t->tracer = leader->tid;
}

void inner_exec(struct recorder *r, const struct stop *stop)
{
	struct task *former = inner_task(r, stop->other);

	if (former && former != stop->task)
		take_place(r, stop->task, former);
	if (thread_of(stop->task)->tracee)
		check_rights(r, thread_of(stop->task)->tracee,
			stop->arch == AUDIT_ARCH_X86_64);
}

/*
 * A traced child whose parent ignores SIGCHLD stays for its tracer to wait for. To the kernel we
 * are its tracer, and we have waited. (Or its parent has by now: inner_wait_ends() will know.)
 */
static bool is_reaped(const struct tracee *t)
{
	return t->tid == t->tgid && kill(t->tid, 0) < 0 && errno == ESRCH;
}

void inner_gone(struct recorder *r, struct task *task, int status)
{
	struct tracee *t = thread_of(task)->tracee;

	let_go_of(r, task->tid);
	if (r->tracees.first && task->tid == task->tgid)
		inner_wake(r);
	if (!t)
		return;
	thread_of(task)->tracee = NULL;
	t->task = NULL;
	if (t->own_child && !is_reaped(t)) {
		inner_end(r, t);
		return;
	}
	t->stopped = t->told = false;
	t->status = status;
	t->usage = r->tracer.usage;
	tracees_last(&r->tracees, t);
	inner_tell(r, t);
}
