/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/again.h"

#include <errno.h>
#include <linux/audit.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/io.h"
#include "base/proc.h"
#include "record/descriptor.h"
#include "record/rest.h"
#include "record/sleep.h"
#include "trace/mem.h"

/* How a call says how long it may take. */
enum limit {
	NO_LIMIT,
	NO_LIMIT_DRAIN, /* likewise, where ioctl(2) is tcdrain(3) */
	LIMIT_MS,
	LIMIT_TIMESPEC,
	LIMIT_TIMESPEC32, /* of i386's own; of x86_64 it is the same as the other */
	LIMIT_TIMEVAL,    /* likewise */
	LIMIT_IPC,        /* likewise, where ipc(2) is semtimedop */
	LIMIT_RECEIVE,    /* a socket's, from here on */
	LIMIT_SEND,
	LIMIT_SPLICE, /* of the end that is a socket */
	LIMIT_SOCKETCALL,
};

/* Those that end with EINTR though nothing handles the signal. */
static const struct again_call {
	const char *name;
	enum limit limit;
	int arg; /* that has the limit, or the socket */
} calls[] = {
	{ "epoll_wait", LIMIT_MS, 3 },
	{ "epoll_pwait", LIMIT_MS, 3 },
	{ "epoll_pwait2", LIMIT_TIMESPEC, 3 },
	{ "rt_sigtimedwait", LIMIT_TIMESPEC32, 2 },
	{ "rt_sigtimedwait_time64", LIMIT_TIMESPEC, 2 },
	{ "semop", NO_LIMIT, 0 },
	{ "semtimedop", LIMIT_TIMESPEC32, 3 },
	{ "semtimedop_time64", LIMIT_TIMESPEC, 3 },
	{ "ipc", LIMIT_IPC, 5 },
	{ "io_getevents", LIMIT_TIMESPEC32, 4 },
	{ "io_pgetevents", LIMIT_TIMESPEC32, 4 },
	{ "io_pgetevents_time64", LIMIT_TIMESPEC, 4 },
	{ "io_uring_enter", NO_LIMIT, 0 },
	{ "ioctl", NO_LIMIT_DRAIN, 1 },
	/* Where the kernel cannot write what is left of it: it is in read-only memory. */
	{ "select", LIMIT_TIMEVAL, 4 },
	{ "_newselect", LIMIT_TIMEVAL, 4 },
	{ "pselect6", LIMIT_TIMESPEC32, 4 },
	{ "pselect6_time64", LIMIT_TIMESPEC, 4 },
	{ "ppoll", LIMIT_TIMESPEC32, 2 },
	{ "ppoll_time64", LIMIT_TIMESPEC, 2 },
	{ "read", LIMIT_RECEIVE, 0 },
	{ "readv", LIMIT_RECEIVE, 0 },
	{ "preadv2", LIMIT_RECEIVE, 0 },
	{ "recvfrom", LIMIT_RECEIVE, 0 },
	{ "recvmsg", LIMIT_RECEIVE, 0 },
	{ "recvmmsg", LIMIT_RECEIVE, 0 },
	{ "recvmmsg_time64", LIMIT_RECEIVE, 0 },
	{ "accept", LIMIT_RECEIVE, 0 },
	{ "accept4", LIMIT_RECEIVE, 0 },
	{ "write", LIMIT_SEND, 0 },
	{ "writev", LIMIT_SEND, 0 },
	{ "pwritev2", LIMIT_SEND, 0 },
	{ "sendfile", LIMIT_SEND, 0 },
	{ "sendfile64", LIMIT_SEND, 0 },
	{ "splice", LIMIT_SPLICE, 0 },
	{ "sendto", LIMIT_SEND, 0 },
	{ "sendmsg", LIMIT_SEND, 0 },
	{ "sendmmsg", LIMIT_SEND, 0 },
	{ "connect", LIMIT_SEND, 0 },
	{ "socketcall", LIMIT_SOCKETCALL, 1 },
};

static const struct again_call *find(const char *name)
{
	size_t i;

	for (i = 0; name && i < ARRAY_SIZE(calls); i++)
		if (!strcmp(calls[i].name, name))
			return &calls[i];
	return NULL;
}

const char *again_name(size_t i)
{
	return i < ARRAY_SIZE(calls) ? calls[i].name : NULL;
}

static int64_t limit_of_socket(const struct stop *stop, int option, int fd)
{
	_cleanup_close_ int ours = descriptor_of(stop->task, fd);

	return ours < 0 ? 0 : descriptor_limit(ours, option);
}

#define IPC_SEMTIMEDOP 4 /* linux/ipc.h */

static int64_t limit_of_socketcall(const struct stop *stop)
{
	const struct again_call *c = find(socketcall_name(stop->args[0]));
	bool sends = c && c->limit == LIMIT_SEND;
	uint32_t fd;

	if (mem_read(stop->task->tid, stop->args[1], &fd, sizeof fd) < 0)
		return 0;
	return limit_of_socket(stop, sends ? SO_SNDTIMEO : SO_RCVTIMEO, (int)fd);
}

static int64_t limit_of_splice(const struct stop *stop)
{
	int64_t limit = limit_of_socket(stop, SO_RCVTIMEO, (int)stop->args[0]);

	return limit ? limit : limit_of_socket(stop, SO_SNDTIMEO, (int)stop->args[2]);
}

static bool is_small(const struct stop *stop, enum limit limit)
{
	return limit != LIMIT_TIMESPEC && stop->arch == AUDIT_ARCH_I386;
}

/* Of the second number of a limit in memory, in nanoseconds. */
static int64_t unit_of(enum limit limit)
{
	return limit == LIMIT_TIMEVAL ? 1000 : 1;
}

static int64_t limit_of_memory(const struct stop *stop, enum limit limit, uint64_t addr)
{
	int64_t whole[2] = { 0, 0 };
	int32_t small[2] = { 0, 0 };
	bool is32 = is_small(stop, limit);

	if (!addr || mem_read(stop->task->tid, addr, is32 ? (void *)small : (void *)whole,
			     is32 ? sizeof small : sizeof whole) < 0)
		return 0;
	if (is32) {
		whole[0] = small[0];
		whole[1] = small[1];
	}
	return whole[0] * 1000000000LL + whole[1] * unit_of(limit);
}

/* In nanoseconds; 0: none, it waits for ever. */
static int64_t limit_of(const struct stop *stop, const struct again_call *c)
{
	uint64_t arg = stop->args[c->arg];

	switch (c->limit) {
	case LIMIT_MS:
		return (int32_t)arg < 0 ? 0 : (int32_t)arg * 1000000LL;
	case LIMIT_TIMESPEC:
	case LIMIT_TIMESPEC32:
	case LIMIT_TIMEVAL:
		return limit_of_memory(stop, c->limit, arg);
	case LIMIT_IPC:
		return (stop->args[0] & 0xffff) == IPC_SEMTIMEDOP ?
			limit_of_memory(stop, c->limit, arg) :
			0;
	case LIMIT_SOCKETCALL:
		return limit_of_socketcall(stop);
	case LIMIT_RECEIVE:
		return limit_of_socket(stop, SO_RCVTIMEO, (int)arg);
	case LIMIT_SEND:
		return limit_of_socket(stop, SO_SNDTIMEO, (int)arg);
	case LIMIT_SPLICE:
		return limit_of_splice(stop);
	default:
		return 0;
	}
}

static bool is_of_socket(const struct again_call *c)
{
	return c->limit >= LIMIT_RECEIVE;
}

static void end(struct again *a)
{
	*a = (struct again){ .stopped = a->stopped };
}

/*
 * When it began nobody knows: from its first interruption on it may take its
 * whole limit once more, and no longer, however often it is interrupted.
 */
static bool make_again(struct again *a, const struct stop *stop, const struct again_call *c)
{
	int64_t now = io_monotonic_ns(), limit;

	if (a->state != AGAIN_ENDED || a->call != c) {
		limit = limit_of(stop, c);
		*a = (struct again){ .call = c,
			.arch = stop->arch,
			.nr = stop->nr,
			.result = stop->result,
			.until = limit ? now + limit : 0 };
	}
	/* The socket's limit starts anew with the call: past it, it has come to its end. */
	if (a->until && is_of_socket(c) && now >= a->until) {
		tracer_set_result(stop->task, -EAGAIN);
		end(a);
		return false;
	}
	tracer_set_result(stop->task, -ERESTARTNOHAND);
	if (!a->until)
		return false;
	a->state = AGAIN_ARMED;
	return true;
}

/* Without its argument it sends a break, which is not sent twice. */
static bool is_drain(const struct stop *call)
{
	return call->args[1] == TCSBRK && (int32_t)call->args[2];
}

/* One of those, or NULL. */
static const struct again_call *call_of(const struct stop *call)
{
	uint64_t nr = call->nr;
	int abi = abi_of_stop(call->arch, &nr);
	const struct again_call *c =
		abi < 0 ? NULL : find(syscall_name((enum abi)abi, nr));

	return c && c->limit == NO_LIMIT_DRAIN && !is_drain(call) ? NULL : c;
}

static bool is_cut(int64_t result)
{
	return result == -EINTR || result == -ERESTARTSYS || result == -ERESTARTNOHAND ||
		result == -ERESTART_RESTARTBLOCK;
}

/* Does the task come from a call that was interrupted, or may have been? Then that is in *call. */
static bool in_call(const struct stop *stop, struct stop *call)
{
	*call = *stop;
	return tracer_interrupted(call) > 0 && (is_cut(call->result) || rest_is_of(call));
}

/* The kernel makes it again. */
static void remember(struct again *a, const struct stop *call)
{
	if (a->state != AGAIN_ARMED)
		*a = (struct again){ .arch = call->arch, .nr = call->nr, .result = call->result };
}

/* What a call signals to who makes it: no more can be transferred, and what was is its answer. */
static bool is_of_the_call(int signal)
{
	return signal == SIGPIPE || signal == SIGXFSZ;
}

/* Whose tracer leaves in a moment shall not be in a call that is not the program's own. */
static bool begins_rest(const struct recorder *r, const struct stop *call)
{
	return !r->tracer.letting_go && rest_begin(call);
}

void again_undo(const struct stop *stop)
{
	struct thread *thread = thread_of(stop->task);
	struct again *a = thread ? &thread->again : NULL;

	if (!a || !a->result ||
		!tracer_is_before(stop->task, a->arch, a->nr, a->state != AGAIN_ARMED))
		return;
	tracer_call_ended(stop->task, a->nr, a->result);
	if (a->state == AGAIN_ARMED)
		a->state = AGAIN_ENDED;
}

bool again_signal(const struct recorder *r, const struct stop *stop, bool ignored)
{
	struct thread *thread = thread_of(stop->task);
	const struct again_call *c;
	struct stop call;

	if (!thread)
		return false;
	if (thread->sleep.size)
		sleep_woken(stop, ignored || proc_ignores(stop->task->tid, stop->signal));
	if (!in_call(stop, &call)) {
		end(&thread->again);
		thread->again.stopped = false;
		return false;
	}
	if (!ignored && !proc_ignores(stop->task->tid, stop->signal)) {
		end(&thread->again);
		thread->again.stopped |= tracer_stops_group(stop->signal);
		return thread->again.stopped;
	}
	if (thread->again.stopped)
		return true;
	if (call.result > 0)
		return !is_of_the_call(stop->signal) && begins_rest(r, &call);
	if (call.result != -EINTR) {
		remember(&thread->again, &call);
		return thread->again.state == AGAIN_ARMED;
	}
	c = call_of(&call);
	return c && make_again(&thread->again, &call, c);
}

/* A timespec or timeval of what is left, where nothing of the program's can stand. */
static bool put_timespec(const struct stop *stop, enum limit limit, int64_t left)
{
	int64_t whole[2] = { left / 1000000000, left % 1000000000 / unit_of(limit) };
	int32_t small[2] = { (int32_t)whole[0], (int32_t)whole[1] };
	bool is32 = is_small(stop, limit);
	uint64_t at = (stop->stack - MEM_BELOW_STACK) & ~15ULL;

	return mem_write(stop->task->tid, at, is32 ? (void *)small : (void *)whole,
		       is32 ? sizeof small : sizeof whole) == 0 &&
		tracer_set_arg(stop->task, stop->arch,
			thread_of(stop->task)->again.call->arg, at) == 0;
}

static bool put_left(const struct stop *stop, const struct again *a)
{
	int64_t left = a->until - io_monotonic_ns();

	if (left < 0)
		left = 0;
	if (is_of_socket(a->call))
		return false;
	if (a->call->limit == LIMIT_MS)
		return tracer_set_arg(stop->task, stop->arch, a->call->arg,
			       (uint64_t)((left + 999999) / 1000000)) == 0;
	return put_timespec(stop, a->call->limit, left);
}

bool again_enter(const struct recorder *r, const struct stop *stop)
{
	struct thread *thread = thread_of(stop->task);
	struct again *a = thread ? &thread->again : NULL;

	if (!a)
		return false;
	a->stopped = false;
	if (rest_enter(r, stop))
		return true;
	if (a->state == AGAIN_NOT)
		return false;
	if (a->state != AGAIN_ARMED || a->arch != stop->arch || a->nr != stop->nr) {
		end(a);
		return false;
	}
	a->arg = stop->args[a->call->arg];
	a->changed = put_left(stop, a);
	a->state = AGAIN_INSIDE;
	return true;
}

/*
 * It was interrupted, though the kernel would not call it that: what is left of our limit could be
 * written, of the program's it could not; and splice(2) looks for a signal before it does anything
 * (splice_to_socket()), which for one call that waits is past.
 */
static bool is_end(const struct again *a, int64_t result)
{
	return result == -ERESTARTSYS || (result == -ERESTARTNOHAND && a->changed);
}

static void leave(struct again *a, const struct stop *stop, bool letting_go)
{
	int64_t result = stop->result;

	if (a->state != AGAIN_INSIDE)
		return;
	/* The kernel leaves the registers of its arguments alone, and programs count on that. */
	if (a->changed)
		tracer_set_arg(stop->task, a->arch, a->call->arg, a->arg);
	if (is_end(a, result) && !letting_go) {
		result = -EINTR;
		tracer_set_result(stop->task, result);
	}
	if (result == -EINTR)
		a->state = AGAIN_ENDED; /* and perhaps once more: the signal comes next */
	else
		end(a);
}

bool again_leave(const struct recorder *r, const struct stop *stop)
{
	struct thread *thread = thread_of(stop->task);

	if (!thread)
		return false;
	leave(&thread->again, stop, r->tracer.letting_go);
	return rest_leave(r, stop);
}

/* Our own asking tells no more of when the call began, and comes once: it has its whole limit. */
bool again_stopped(const struct recorder *r, const struct stop *stop)
{
	struct thread *thread = thread_of(stop->task);
	struct stop call;

	if (!thread)
		return false;
	if (stop->kind == STOP_GROUP) {
		thread->again.stopped = true;
		thread->again.result = 0; /* untraced it is made again after that, too */
	}
	if (thread->sleep.size)
		sleep_woken(stop, stop->kind != STOP_GROUP);
	if (thread->again.stopped || !in_call(stop, &call))
		return thread->again.stopped || thread->again.state == AGAIN_ARMED;
	if (call.result > 0)
		return begins_rest(r, &call);
	remember(&thread->again, &call);
	if (call.result == -EINTR && call_of(&call))
		tracer_set_result(stop->task, -ERESTARTNOHAND);
	return thread->again.state == AGAIN_ARMED;
}

bool again_has_changed(const struct task *task)
{
	const struct thread *thread = thread_of(task);

	return thread && ((thread->again.state == AGAIN_INSIDE && thread->again.changed) ||
		thread->rest.state == REST_INSIDE);
}
