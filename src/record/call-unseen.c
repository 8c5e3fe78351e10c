/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/call-unseen.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/proc.h"
#include "record/inner.h"
#include "record/strict.h"

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

/* Whoever watches so gets a descriptor of each file that is touched, which no call has opened. */
enum next enter_fanotify(struct recorder *r, struct task *task, struct pending *p)
{
	if (p->call.flags & O_ACCMODE)
		note(r,
			"fanotify was asked for files that are open for writing: what is written "
			"to those is not on record");
	return NEXT_GO;
}

/*
 * Was it let go on to what our filter stops? Where it stands in a stop already, or has one before
 * its next call anyhow, another would only disturb what it is about to do.
 */
static bool runs_on(const struct task *task)
{
	return task->data && !task->in_call && !task->all_calls && !task->request &&
		proc_state(task->tid) != 't';
}

/*
 * The filter may be set on other threads, too (SECCOMP_FILTER_FLAG_TSYNC), now or with a later one
 * that has this below it. Who sleeps or computes is asked to stop, which it does before its next
 * call. Nobody waits for that: one that it begins this very moment is begun anew after the stop, as
 * for who has been asked the kernel waits for no listener's answer.
 */
static void stop_others(struct recorder *r, const struct task *caller)
{
	struct task *task, *next;

	HASH_ITER(hh, r->tracer.tasks, task, next)
		if (task != caller && runs_on(task))
			inner_kick(task);
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
	stop_others(r, task);
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

static bool is_by_pidfd(const struct call *c)
{
	return c->sys->args[0] == ARG_IDTYPE && (uint32_t)c->args[0] == WAIT_BY_PIDFD;
}

/*
 * A pidfd tells that a process has ended as soon as it has; its parent may wait for it only when
 * its tracer has done so. Who waits for ever waits for that, too; by a pidfd, it is the flags of
 * that which say whether he does (PIDFD_NONBLOCK). (Nor does the filter stop who asks for any
 * child: rules.c.)
 */
enum next enter_wait(struct recorder *r, struct task *task, struct pending *p)
{
	if ((p->call.flags & WNOHANG) || is_by_pidfd(&p->call))
		tracer_reap(&r->tracer);
	return NEXT_GO;
}
