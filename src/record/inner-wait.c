/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/inner-wait.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/proc.h"
#include "record/inner-sign.h"
#include "trace/mem.h"

#define WAIT4_OPTIONS (WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL)
#define WAITID_OPTIONS (WAIT4_OPTIONS | WEXITED | WNOWAIT)

static void read_wait4(struct waits *w, const struct stop *stop)
{
	pid_t id = (pid_t)stop->args[0];

	w->type = id > 0 ? P_PID : id == -1 ? P_ALL : P_PGID;
	w->id = id < 0 ? -id : id;
	w->where = stop->args[1];
	w->usage = stop->args[3];
	w->options = (int)stop->args[2] | WEXITED;
}

static void read_waitid(struct waits *w, const struct stop *stop)
{
	w->by_id = true;
	w->type = (int)stop->args[0];
	w->id = (pid_t)stop->args[1];
	w->where = stop->args[2];
	w->usage = stop->args[4];
	w->options = (int)stop->args[3];
}

/* A number that the kernel tells of a descriptor, by what stands before it; -1: there is none. */
static long number_of(const char *text, const char *before, int base)
{
	const char *at = strstr(text, before);

	return at ? strtol(at + strlen(before), NULL, base) : -1;
}

/* The process of a descriptor of the tracer's, -1: it is none; and does it wait? */
static void read_pidfd(struct waits *w, pid_t tid, int fd)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char path[PROC_PATH], what[32];
	long flags;

	w->type = P_PID;
	w->id = -1;
	snprintf(what, sizeof what, "fdinfo/%d", fd);
	proc_path(path, tid, what);
	if (io_read_file(path, &text, 4096) < 0 || !text.data)
		return;
	w->id = (pid_t)number_of(text.data, "\nPid:\t", 10);
	flags = number_of(text.data, "\nflags:\t", 8);
	w->nonblock = flags > 0 && (flags & O_NONBLOCK);
}

/* Is it a wait that the kernel would not refuse? */
static bool read_wait(struct waits *w, const struct stop *stop)
{
	int known = stop->nr == SYS_wait4 ? WAIT4_OPTIONS | WEXITED : WAITID_OPTIONS;

	if (stop->arch != AUDIT_ARCH_X86_64 || (stop->nr != SYS_wait4 && stop->nr != SYS_waitid))
		return false;
	w->nr = stop->nr;
	(stop->nr == SYS_wait4 ? read_wait4 : read_waitid)(w, stop);
	if (w->type == P_PGID && w->id == 0)
		w->id = getpgid(stop->task->tgid);
	if (w->type == (int)WAIT_BY_PIDFD)
		read_pidfd(w, stop->task->tid, (int)w->id);
	return !(w->options & ~known) && (w->options & (WEXITED | WSTOPPED | WCONTINUED));
}

static bool is_meant(const struct waits *w, const struct task *tracer, const struct tracee *t)
{
	if (t->tracer_process != tracer->tgid)
		return false;
	if ((w->options & __WNOTHREAD) && t->tracer != tracer->tid)
		return false;
	return w->type == P_ALL || (w->type == P_PID && w->id == t->tid) ||
		(w->type == P_PGID && w->id == getpgid(t->tid));
}

static bool is_news(const struct waits *w, const struct tracee *t)
{
	return t->task ? t->stopped && !t->told : w->options & WEXITED;
}

/* One of its own children first, as the kernel looks for them. */
static struct tracee *find(struct recorder *r, const struct waits *w, const struct task *tracer,
	bool news)
{
	struct tracee *t, *found = NULL;

	for (t = r->tracees.first; t; t = t->next) {
		if (!is_meant(w, tracer, t) || (news && !is_news(w, t)))
			continue;
		if (t->own_child)
			return t;
		found = found ? found : t;
	}
	return found;
}

static int64_t write_answer(const struct waits *w, pid_t tracer, const struct tracee *t)
{
	siginfo_t si;
	int status = t->status, e = 0;

	inner_describe(t, &si);
	if (w->where)
		e = w->by_id ? mem_write(tracer, w->where, &si, sizeof si) :
			       mem_write(tracer, w->where, &status, sizeof status);
	if (e == 0 && w->usage)
		e = mem_write(tracer, w->usage, &t->usage, sizeof t->usage);
	return e < 0 ? -EFAULT : w->by_id ? 0 : t->tid;
}

/* If there is something to tell, the call is at its end. */
static bool answer(struct recorder *r, const struct task *tracer, const struct waits *w)
{
	struct tracee *t = find(r, w, tracer, true);

	if (!t)
		return false;
	tracer_answer(tracer, write_answer(w, tracer->tid, t));
	if (w->options & WNOWAIT)
		return true;
	t->told = true;
	if (!t->task)
		inner_end(r, t);
	return true;
}

static bool changes_signals(uint64_t nr)
{
	return nr == SYS_rt_sigaction || nr == SYS_rt_sigprocmask || nr == SYS_rt_sigreturn ||
		nr == SYS_rt_sigsuspend || nr == SYS_ppoll || nr == SYS_pselect6 ||
		nr == SYS_epoll_pwait || nr == SYS_execve || nr == SYS_execveat;
}

bool inner_wait_begins(struct recorder *r, const struct stop *stop)
{
	struct thread *thread = thread_of(stop->task);
	struct waits *w = thread ? &thread->waits : NULL;
	bool again;

	if (!w || !stop->task->all_calls)
		return false;
	inner_taking(r, stop);
	if (changes_signals(stop->nr))
		r->tracees.asked = 0;
	again = w->shall_pause;
	*w = (struct waits){ 0 };
	if (!read_wait(w, stop))
		return false;
	if (answer(r, stop->task, w))
		return true;
	w->on = true; /* who is waited for may become a tracee yet */
	w->pauses = again && find(r, w, stop->task, false);
	if (w->pauses)
		tracer_set_call(stop->task, SYS_pause);
	return true;
}

/* Only tracees that are not its children are there to wait for: for those the kernel does not. */
static void waits_for_none(struct recorder *r, const struct stop *stop, struct waits *w)
{
	if (answer(r, stop->task, w) || !find(r, w, stop->task, false))
		return;
	if ((w->options & WNOHANG) || w->nonblock) {
		tracer_set_result(stop->task, w->options & WNOHANG ? 0 : -EAGAIN);
		return;
	}
	w->shall_pause = true;
	tracer_call_again(stop->task, w->nr);
}

/* The kernel has told it of a child of its own, which inner_gone() took for one it would not. */
static void forget_child(struct recorder *r, const struct stop *stop, const struct waits *w)
{
	pid_t pid = (pid_t)stop->result;
	struct tracee *t;
	siginfo_t si;

	if (w->by_id)
		pid = stop->result == 0 && w->where &&
				mem_read(stop->task->tid, w->where, &si, sizeof si) == 0 ?
			si.si_pid :
			0;
	for (t = r->tracees.first; t && pid > 0; t = t->next) {
		if (t->task || !t->own_child || t->tid != pid || !is_meant(w, stop->task, t))
			continue;
		inner_end(r, t);
		return;
	}
}

void inner_wait_ends(struct recorder *r, const struct stop *stop)
{
	struct waits *w = &thread_of(stop->task)->waits;
	int64_t result = stop->result;

	if (!w->on)
		return;
	w->on = false;
	if (w->pauses) {
		tracer_set_call(stop->task, w->nr);
		tracer_set_result(stop->task, -ERESTARTSYS);
		result = -ERESTARTSYS;
	}
	w->pauses = false;
	if (result == -ERESTARTSYS)
		answer(r, stop->task, w);
	else if (result == -ECHILD)
		waits_for_none(r, stop, w);
	else if (result >= 0)
		forget_child(r, stop, w);
}

void inner_wait_interrupted(struct recorder *r, const struct stop *stop)
{
	struct waits *own = &thread_of(stop->task)->waits;
	struct stop call = *stop;
	struct waits w = { 0 };

	/* On its way back into the call, for the program it is in that all the time. */
	if (own->shall_pause) {
		own->shall_pause = false;
		tracer_call_ended(stop->task, own->nr, -ERESTARTSYS);
	}
	if (!stop->task->all_calls || tracer_interrupted(&call) <= 0)
		return;
	if (call.result == -ERESTARTSYS && read_wait(&w, &call))
		answer(r, stop->task, &w);
}

void inner_tell(struct recorder *r, struct tracee *t)
{
	struct task *task, *next;

	inner_ring(r, t);
	HASH_ITER(hh, r->tracer.tasks, task, next) {
		if (!task->data || task->tgid != t->tracer_process)
			continue;
		if (thread_of(task)->waits.on && is_meant(&thread_of(task)->waits, task, t))
			inner_kick(task);
	}
}
