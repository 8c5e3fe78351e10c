/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/stops.h"

#include <errno.h>
#include <signal.h>

#include "base/io.h"
#include "record/again.h"
#include "record/call-clone.h"
#include "record/calls.h"
#include "record/children.h"
#include "record/core.h"
#include "record/inner-calls.h"
#include "record/inner-sign.h"
#include "record/inner-stops.h"
#include "record/inner-wait.h"
#include "record/rest.h"
#include "record/sent.h"
#include "record/strict.h"
#include "record/tell.h"

static int go_on(struct recorder *r, const struct stop *stop, enum next next)
{
	stop->task->in_call = next == NEXT_FOLLOW;
	return tracer_resume(&r->tracer, stop, next != NEXT_GO);
}

/*
 * Where a filter stops a call as well, this is not that stop, and that one comes next. What is
 * answered here does not come so far.
 */
static bool is_early(const struct recorder *r, const struct stop *stop)
{
	return r->filtered && !r->tracer.every_call && stop->status >> 16 == 0 &&
		!inner_is_request(stop);
}

static int enter(struct recorder *r, const struct stop *stop)
{
	enum next next;

	if (strict_kills(stop))
		return 0;
	/* Where every call stops though there is a filter, it stops at its entry twice. */
	if (stop->task->in_call || again_enter(r, stop) || inner_wait_begins(r, stop))
		return tracer_resume(&r->tracer, stop, true);
	if (is_early(r, stop))
		return tracer_resume(&r->tracer, stop, false);
	next = call_enter(r, stop->task, stop, TURN_NEW);
	return next == NEXT_WAIT ? turns_wait(&r->turns, stop) : go_on(r, stop, next);
}

static int on_call_entry(struct recorder *r, const struct stop *stop)
{
	return inner_takes(r, stop) ? 0 : enter(r, stop);
}

/* Between its entry and a filter's stop a tracer inside may have made another call of it. */
static void begin_anew(struct recorder *r, const struct stop *stop)
{
	struct stop undone = *stop;

	if (!stop->task->in_call)
		return;
	undone.result = -EINTR;
	call_leave(r, stop->task, &undone);
	stop->task->in_call = false;
}

/* What a tracer inside had stopped at a call's entry has been let go. */
static int serve_released(struct recorder *r)
{
	struct stop stop;
	int e;

	while (inner_released(r, &stop)) {
		begin_anew(r, &stop);
		e = enter(r, &stop);
		if (e < 0 && e != -ESRCH)
			return e;
	}
	return 0;
}

int recorder_serve_waiting(struct recorder *r)
{
	const struct stop *stop;
	enum next next;
	bool must_go;
	int e;

	while ((stop = turns_next(&r->turns, &must_go))) {
		next = call_enter(r, stop->task, stop, must_go ? TURN_FORCED : TURN_FIRST);
		if (next == NEXT_WAIT) {
			turns_refused(&r->turns);
			continue;
		}
		e = go_on(r, stop, next);
		turns_served(&r->turns);
		if (e < 0 && e != -ESRCH)
			return e;
	}
	r->tracer.waiting = r->turns.waiting;
	return 0;
}

/* Of a call that may have to do with tracers inside. Its next stops are wanted, too: true. */
static bool leave_inner(struct recorder *r, const struct stop *stop)
{
	struct thread *thread = thread_of(stop->task);
	bool kicked = thread && thread->kick;

	if (!thread)
		return false;
	inner_asked(r, stop);
	inner_wait_ends(r, stop);
	inner_taken(r, stop);
	if (!thread->tracee)
		thread->kick = KICK_NONE;
	return kicked && again_stopped(r, stop);
}

static int on_call_exit(struct recorder *r, const struct stop *stop)
{
	bool again = false;

	if (stop->task->in_call)
		call_leave(r, stop->task, stop);
	else
		again = again_leave(r, stop);
	clone_cut_ends(stop->task);
	stop->task->in_call = false;
	again |= leave_inner(r, stop);
	return inner_takes(r, stop) ? 0 : tracer_resume(&r->tracer, stop, again);
}

/* With nobody there to be asked the kernel answers ENOSYS (seccomp(2)). */
static int on_foreign(struct recorder *r, const struct stop *stop)
{
	if (inner_takes(r, stop))
		return 0;
	tracer_deny(stop->task, ENOSYS);
	return tracer_resume(&r->tracer, stop, false);
}

/* Another thread has come in the place of the command's first, and has options of its own. */
static void watch_command(struct recorder *r, const struct stop *stop)
{
	if (stop->task->tid != r->tracer.command || stop->other == stop->task->tid)
		return;
	/* Killed already, it has no such stop: that of the first will do. */
	if (inner_options(r, stop->task) == 0)
		r->tracer.command_exiting = false;
}

static int on_exec(struct recorder *r, const struct stop *stop)
{
	uint64_t nr = 0;
	int abi = abi_of_stop(stop->arch, &nr);

	/* Another thread's exec killed the leader inside a call, and took its tid. */
	turns_drop(&r->turns, stop->task);
	if (stop->task->in_call)
		call_lost(r, stop->task, thread_of(stop->task)->pending);
	inner_exec(r, stop);
	children_of_exec(r, stop->task);
	lives_exec(&r->lives, &r->tracer, stop, abi < 0 ? ABI_X86_64 : (enum abi)abi, io_now_ns());
	watch_command(r, stop);
	stop->task->in_call = false;
	if (r->no_rights)
		tell_rights(r, stop->task);
	return inner_takes(r, stop) ? 0 : tracer_resume(&r->tracer, stop, false);
}

static int on_exiting(struct recorder *r, const struct stop *stop)
{
	turns_drop(&r->turns, stop->task);
	/* With the last of its threads there will be the zombie that we hold. */
	if (stop->task->tid == r->tracer.command)
		r->tracer.command_exiting = true;
	return inner_takes(r, stop) ? 0 : tracer_resume(&r->tracer, stop, false);
}

static int on_gone(struct recorder *r, const struct stop *stop)
{
	struct task *task = stop->task;
	struct thread *thread = thread_of(task);
	bool process;

	if (!thread) {
		child_ends(r, stop);
		return 0;
	}
	turns_drop(&r->turns, task);
	if (task->in_call && thread->pending)
		call_lost(r, task, thread->pending);
	inner_gone(r, task, stop->status);
	if (task->tid == thread->life->pid)
		core_record(r, thread->life, stop->status);
	if (task->tid == r->tracer.command)
		r->sink->command_end(r->sink, stop->status, io_now_ns(), r->lives.alive - 1);
	process = task->tid == thread->life->pid;
	lives_end(&r->lives, task, stop->status, io_now_ns());
	tracer_forget(&r->tracer, task);
	if (process)
		children_adopt(r);
	return 0;
}

/* A call that was stepped over has no exit of its own: the step's signal comes with its end. */
static void leave_by_step(struct recorder *r, const struct stop *stop)
{
	struct stop exit = *stop;

	if (tracer_interrupted(&exit) < 0)
		return;
	call_leave(r, stop->task, &exit);
	stop->task->in_call = false;
}

static int swallow(struct recorder *r, const struct stop *stop, bool follow)
{
	struct stop none = *stop;

	none.signal = 0;
	return tracer_resume(&r->tracer, &none, follow);
}

static int on_signal(struct recorder *r, const struct stop *stop)
{
	struct thread *thread = thread_of(stop->task);

	if (!thread)
		return tracer_resume(&r->tracer, stop, false);
	rest_undo(stop);
	again_undo(stop);
	if (rest_swallows(stop))
		return swallow(r, stop, false);
	if (sent_in_vain(stop))
		return swallow(r, stop, again_signal(r, stop, true));
	core_signal(r, stop);
	if (stop->task->in_call)
		leave_by_step(r, stop);
	if (r->tracees.first)
		inner_wait_interrupted(r, stop);
	if (stop->signal == SIGCHLD && r->tracees.first)
		inner_sign_child(r, stop);
	if (inner_takes(r, stop))
		return 0;
	sent_to_first(r, stop);
	return tracer_resume(&r->tracer, stop, again_signal(r, stop, false));
}

static int on_other(struct recorder *r, const struct stop *stop)
{
	struct thread *thread = thread_of(stop->task);

	rest_undo(stop);
	if (inner_takes(r, stop))
		return 0;
	if (thread && stop->kind == STOP_OTHER) {
		thread->kick = KICK_NONE;
		inner_wait_interrupted(r, stop);
	}
	return tracer_resume(&r->tracer, stop, again_stopped(r, stop));
}

static int on_none(struct recorder *r, const struct stop *stop)
{
	children_adopt(r);
	return 0;
}

static int (*const on_stop[])(struct recorder *r, const struct stop *stop) = {
	[STOP_CALL_ENTRY] = on_call_entry,
	[STOP_CALL_EXIT] = on_call_exit,
	[STOP_FOREIGN] = on_foreign,
	[STOP_NEW] = child_reports,
	[STOP_CHILD] = child_told,
	[STOP_EXEC] = on_exec,
	[STOP_SIGNAL] = on_signal,
	[STOP_GROUP] = on_other,
	[STOP_EXITING] = on_exiting,
	[STOP_GONE] = on_gone,
	[STOP_OTHER] = on_other,
	[STOP_NONE] = on_none,
};

int recorder_serve(struct recorder *r, const struct stop *stop)
{
	int e = on_stop[stop->kind](r, stop);

	/* -ESRCH: the task was killed under our hands; its end is reported in its turn. */
	if (e >= 0 || e == -ESRCH)
		e = serve_released(r);
	return e < 0 ? e : recorder_serve_waiting(r);
}
