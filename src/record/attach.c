/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/attach.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/io.h"
#include "base/proc.h"
#include "record/again.h"
#include "record/calls.h"
#include "record/inherited.h"
#include "record/stops.h"
#include "trace/attach.h"

/* So long a process waits for its last thread to stop: one in a vfork(2) does not. */
#define HALT_NS 500000000LL
/* So long a call that was under way at the end may take to come back. */
#define LAST_NS 200000000LL
/* And so long who was asked to stop may take to answer, on a machine that has much to do. */
#define ANSWER_NS 10000000000LL
#define LOOK_MS 20
#define IDLE_MS 1000

static bool is_seized(const struct recorder *r, pid_t pid)
{
	struct task *task;

	HASH_FIND_INT(r->tracer.tasks, &pid, task);
	return task && task->tgid == pid;
}

/* The children of what is seized, in one look at all processes. How many, or -errno. */
static int seize_children(struct recorder *r)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	int n = 0, got = 0;

	while (d && got >= 0 && (e = readdir(d))) {
		pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);

		got = pid > 0 && !is_seized(r, pid) && pid != getpid() &&
				is_seized(r, proc_parent(pid)) ?
			attach_process(&r->tracer, pid) :
			0;
		n += got;
	}
	if (d)
		closedir(d);
	return got < 0 ? got : n;
}

int attach_seize(struct recorder *r, pid_t pid, bool children)
{
	int n = attach_process(&r->tracer, pid);

	if (n == 0 && !is_seized(r, pid))
		return -ESRCH;
	/* What the seized ones fork from here on is ours by itself. */
	while (children && n > 0)
		n = seize_children(r);
	return n < 0 ? n : 0;
}

/* What stopped before there was anybody to tell it to, in its order. */
struct gathered {
	struct stop *stops;
	size_t count;
};

/* It has ended, and is nobody's yet. */
static void drop(struct recorder *r, struct gathered *g, struct task *task)
{
	size_t i, n = 0;

	for (i = 0; i < g->count; i++)
		if (g->stops[i].task != task)
			g->stops[n++] = g->stops[i];
	g->count = n;
	tracer_forget(&r->tracer, task);
}

static int gather(struct recorder *r, struct gathered *g)
{
	int64_t limit = io_monotonic_ns() + HALT_NS;
	struct stop *room, stop;
	int e = 1;

	attach_halt(&r->tracer);
	while (e > 0 && attach_halting(&r->tracer) && io_monotonic_ns() < limit) {
		e = tracer_next(&r->tracer, &stop, LOOK_MS);
		if (e <= 0 || stop.kind == STOP_NONE)
			continue;
		if (stop.kind == STOP_GONE) {
			drop(r, g, stop.task);
			continue;
		}
		room = ARRAY_MORE(g->stops, g->count);
		if (!room)
			return -ENOMEM;
		*room = stop;
	}
	return e < 0 ? e : 0;
}

static struct life *life_of(const struct recorder *r, pid_t pid)
{
	struct task *task, *next;

	HASH_ITER(hh, r->tracer.tasks, task, next)
		if (task->data && task->tgid == pid)
			return thread_of(task)->life;
	return NULL;
}

static enum abi abi_of(const struct task *task)
{
	uint64_t nr = 0;
	int abi = abi_of_stop(attach_arch(task), &nr);

	return abi < 0 ? ABI_X86_64 : (enum abi)abi;
}

/* In the order in which they were seized, a parent before its children. */
static int tell_lives(struct recorder *r)
{
	struct task *task, *next;
	int64_t now = io_now_ns();
	int e = 0;

	HASH_ITER(hh, r->tracer.tasks, task, next) {
		struct life *life = task->tgid ? life_of(r, task->tgid) : NULL;

		if (!task->tgid || e < 0)
			continue;
		e = life ? lives_thread(task, life) :
			   lives_found(&r->lives, task, task->tgid,
				   life_of(r, proc_parent(task->tgid)), abi_of(task), now);
		if (!life && e == 0)
			found_files(r, task->tid, thread_of(task)->life, abi_of(task));
	}
	return e;
}

int attach_begin(struct recorder *r, struct recorder_setup *setup)
{
	struct gathered g = { 0 };
	int e = gather(r, &g);
	size_t i;

	setup->asked_ns = io_now_ns();
	if (e == 0)
		e = recorder_set(r, setup);
	if (e == 0)
		e = tell_lives(r);
	for (i = 0; i < g.count && e == 0; i++)
		e = recorder_serve(r, &g.stops[i]);
	free(g.stops);
	return e;
}

static int timeout_ms(int64_t until_ns)
{
	int64_t left = (until_ns - io_monotonic_ns()) / 1000000;

	return !until_ns || left > IDLE_MS ? IDLE_MS : left < 0 ? 0 : (int)left + 1;
}

static int serve(struct recorder *r, const struct stop *stop, struct attach_end *end)
{
	if (stop->kind == STOP_GONE && stop->task->tid == end->first)
		end->status = stop->status;
	return recorder_serve(r, stop);
}

/* Those that are to be let go yet, but for who sleeps in a call that is none of ours. */
static bool has_to_let_go(const struct recorder *r, bool calls)
{
	struct task *task, *next;

	HASH_ITER(hh, r->tracer.tasks, task, next)
		if (!task->let_go &&
			(!task->inside || task->interrupted || (calls && task->in_call)))
			return true;
	return false;
}

/* It comes back with its own arguments, and is made again with those. */
static void give_arguments_back(const struct recorder *r)
{
	struct task *task, *next;

	HASH_ITER(hh, r->tracer.tasks, task, next)
		if (again_has_changed(task))
			attach_interrupt(task);
}

static int let_go(struct recorder *r, struct attach_end *end)
{
	int64_t start = io_monotonic_ns(), took = 0;
	struct stop stop = { .kind = STOP_NONE };
	int e = 1;

	give_arguments_back(r);
	while (e >= 0 && took < ANSWER_NS && has_to_let_go(r, took < LAST_NS)) {
		if (stop.kind == STOP_NONE)
			attach_let_go(&r->tracer);
		e = tracer_next(&r->tracer, &stop, LOOK_MS);
		if (e == 0)
			break;
		if (e > 0)
			e = serve(r, &stop, end);
		took = io_monotonic_ns() - start;
	}
	return e < 0 ? e : 0;
}

static void lose(struct recorder *r)
{
	struct task *task, *next;

	HASH_ITER(hh, r->tracer.tasks, task, next)
		if (task->in_call && task->data && thread_of(task)->pending)
			call_lost(r, task, thread_of(task)->pending);
}

int attach_loop(struct recorder *r, int64_t until_ns, struct attach_end *end)
{
	struct stop stop;
	int e = 1;

	end->status = -1;
	while (e > 0 && !r->tracer.end_asked &&
		(!until_ns || io_monotonic_ns() < until_ns)) {
		e = tracer_next(&r->tracer, &stop, timeout_ms(until_ns));
		if (e > 0 && (e = serve(r, &stop, end)) == 0)
			e = 1;
	}
	if (e > 0)
		e = let_go(r, end);
	lose(r);
	end->left = r->lives.alive;
	recorder_tell_mounts(r);
	return e;
}
