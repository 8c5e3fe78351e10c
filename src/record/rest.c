/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/rest.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/io.h"
#include "base/proc.h"
#include "record/rest-call.h"

static struct rest *rest_of(const struct stop *stop)
{
	struct thread *thread = thread_of(stop->task);

	return thread ? &thread->rest : NULL;
}

bool rest_is_of(const struct stop *call)
{
	struct transfer t;

	return transfer_of(call, &t);
}

static bool is_same(const struct rest *s, const struct stop *call)
{
	return s->state == REST_ENDED && s->arch == call->arch && s->nr == call->nr &&
		s->done == call->result && !memcmp(s->args, call->args, sizeof s->args);
}

/*
 * A socket's limit begins anew with each call, and is the whole call's: from its first interruption
 * on it may take that once more.
 */
static int64_t until(const struct rest *s, const struct transfer *t)
{
	if (is_same(s, t->stop))
		return s->until;
	return t->limit ? io_monotonic_ns() + t->limit : 0;
}

/* The rest was made, and came to an end of its own: there is no more. */
static bool is_at_end(const struct rest *s, const struct stop *call)
{
	return is_same(s, call) && s->at_end;
}

bool rest_begin(const struct stop *call)
{
	struct rest *s = rest_of(call), next = { .state = REST_ARMED };
	struct transfer t;

	if (!transfer_of(call, &t) || is_at_end(s, call) || !transfer_is_short(&t))
		return false;
	next.arch = call->arch;
	next.nr = call->nr;
	next.done = call->result;
	memcpy(next.args, call->args, sizeof next.args);
	next.until = until(s, &t);
	next.quiet = t.of_socket && t.call->shape <= REST_MESSAGE;
	if (next.until && io_monotonic_ns() >= next.until)
		return false;
	if (transfer_rest(&t, next.next) < 0 || tracer_call_again(call->task, call->nr) < 0)
		return false;
	*s = next;
	return true;
}

void rest_undo(const struct stop *stop)
{
	struct rest *s = rest_of(stop);

	if (!s || s->state != REST_ARMED)
		return;
	tracer_call_ended(stop->task, s->nr, s->done);
	s->state = REST_ENDED;
}

static void set_arguments(const struct rest *s, const struct stop *stop, const uint64_t *from,
	const uint64_t *to)
{
	int i;

	for (i = 0; i < 6; i++)
		if (from[i] != to[i])
			tracer_set_arg(stop->task, s->arch, i, to[i]);
}

bool rest_enter(const struct recorder *r, const struct stop *stop)
{
	struct rest *s = rest_of(stop);
	bool is_it = s->state == REST_ARMED && s->arch == stop->arch && s->nr == stop->nr;

	s->swallows = false;
	s->state = REST_NOT;
	if (!is_it)
		return false;
	if (r->tracer.letting_go) {
		tracer_answer(stop->task, s->done);
		return true;
	}
	set_arguments(s, stop, s->args, s->next);
	s->state = REST_INSIDE;
	return true;
}

/*
 * Where recvmmsg(2) was interrupted after its first message it leaves the error with the socket,
 * for the next call (do_recvmmsg()): that is no more than this one's end, and no signal is there
 * for it.
 */
static bool is_of_the_first(const struct recorder *r, const struct rest *s, const struct stop *stop)
{
	struct stop call = *stop;
	struct transfer t;

	call.arch = s->arch;
	call.nr = s->nr;
	call.result = s->done;
	memcpy(call.args, s->args, sizeof call.args);
	return stop->result == -ERESTARTSYS && !r->tracer.letting_go && transfer_of(&call, &t) &&
		t.call->gets && t.call->shape == REST_MESSAGES;
}

static bool is_interrupted(int64_t result)
{
	return result == -EINTR || (result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK);
}

bool rest_leave(const struct recorder *r, const struct stop *stop)
{
	struct rest *s = rest_of(stop);

	if (s->state != REST_INSIDE)
		return false;
	/* The kernel leaves the registers of its arguments alone, and programs count on that. */
	set_arguments(s, stop, s->next, s->args);
	if (is_of_the_first(r, s, stop) && tracer_call_again(stop->task, s->nr) == 0) {
		s->state = REST_ARMED;
		return true;
	}
	s->swallows = s->quiet && stop->result == -EPIPE &&
		!(proc_treats(stop->task->tid, SIGPIPE) & PROC_BLOCKS);
	s->at_end = stop->result <= 0 && !is_interrupted(stop->result);
	if (stop->result > 0)
		s->done += stop->result;
	tracer_set_result(stop->task, s->done);
	s->state = REST_ENDED; /* and perhaps once more: the signal comes next */
	return s->until || s->swallows;
}

bool rest_swallows(const struct stop *stop)
{
	struct rest *s = rest_of(stop);

	if (!s || !s->swallows || stop->signal != SIGPIPE)
		return false;
	s->swallows = false;
	return true;
}
