/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACE_PLACEMENT_H
#define TRACE_PLACEMENT_H
/*
 * Where the tracer's own thread runs. The tracees' CPUs are never touched:
 * they would see it (nproc), and a build on several cores would lose them.
 *
 * A stop is two wake-ups: the task wakes us, we wake the task. While both run
 * on one CPU that is about 2 us each; but the scheduler gives whoever wakes an
 * idle CPU when there is one, and getting an idle CPU out of its sleep costs
 * 20 to 80 us, most of all in a virtual machine. So, while stops come in a
 * burst:
 *
 * - we stay on the CPU of the task that stops (our own affinity): it can wake
 *   us nowhere else;
 * - while one and the same task makes them, we are SCHED_IDLE as well. A CPU
 *   that runs nothing but SCHED_IDLE counts as idle for the scheduler, so the
 *   task that we wake stays on it, and runs at once, in our stead.
 *
 * The second has a price: SCHED_IDLE waits behind everything else. When the
 * task turns to computing, or another program takes the CPU, we could not
 * answer anybody's stop. A thread looks after that: when no stop was served
 * for a few milliseconds it gives us back our old place and policy. And where
 * a burst runs slower so than it did before, we leave it be for a while.
 *
 * What did not help: to spin (the task's CPU sleeps instead, and both burn);
 * SCHED_FIFO, SCHED_BATCH, nice (the task still moves away); to follow the
 * task without SCHED_IDLE (it moves on about every second wake-up).
 *
 * Nor, on a machine that others kept busy (15 paired rounds, medians, against
 * untraced): SCHED_IDLE, too, while tasks stop in turns (fork + exec 1.22
 * against 1.43, or 1.41 against 1.40 of the best quarters; threads 2.20 against
 * 2.29); a time slice of 0.1 ms by sched_setattr(2) (fork + exec 1.21 against
 * 1.10, threads 2.74 against 2.54).
 *
 * What does: to be of the command's session. setsid(2) gives an autogroup of
 * our own (sched(7)), and while others want the CPU, each stop hands the
 * command's turn on to them (creat + unlink 9.6 against 6.3, eight tasks that
 * fork and exec 1.48 against 1.20, 21 rounds; where a cgroup shares out the CPU
 * there are no autogroups). But then ps(1) shows us on its terminal, and what
 * is done to a session is done to us.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PLACEMENT_CPUS 8192

struct placement {
	bool on;         /* there is more than one CPU to choose from */
	pid_t tracer;    /* our thread */
	pid_t last;      /* who stopped last */
	bool alone;      /* nobody else stopped in this window */
	bool pinned;
	unsigned int backoff, skip, rescues_seen; /* windows to let pass before the next try */
	unsigned int windows, slow; /* since we are SCHED_IDLE; and slow ones in a row */
	int64_t normal_ns;          /* what a window took when we were not */
	int64_t window_ns; /* when this window began */
	/* our CPUs at the start */
	unsigned long home[PLACEMENT_CPUS / (8 * sizeof(unsigned long))];

	_Atomic unsigned int stops;
	_Atomic unsigned int rescues;
	/* we are SCHED_IDLE; whoever clears it gives the old policy back */
	_Atomic bool idle;
	_Atomic bool may_idle;   /* the kernel lets us come back from there */
	_Atomic pid_t guard_tid;
	bool has_guard, quit;
	pthread_t guard;
	pthread_mutex_t lock;
	pthread_cond_t wake;
};

/* On the thread that traces. */
void placement_begin(struct placement *p);
void placement_end(struct placement *p);

/* A window is over: what the last stops were like decides what the next will be. */
void placement_decide(struct placement *p, pid_t tid);
/* Another task stopped while we were one's own. */
void placement_leave_idle(struct placement *p);

#define PLACEMENT_WINDOW 32U

/* Each stop, once it is known whose it is. */
static inline void placement_stop(struct placement *p, pid_t tid)
{
	unsigned int n;

	if (!p->on)
		return;
	n = atomic_load_explicit(&p->stops, memory_order_relaxed) + 1;
	atomic_store_explicit(&p->stops, n, memory_order_relaxed);
	if (tid != p->last) {
		p->last = tid;
		p->alone = false;
		if (atomic_load_explicit(&p->idle, memory_order_relaxed))
			placement_leave_idle(p);
	}
	if (n % PLACEMENT_WINDOW == 0)
		placement_decide(p, tid);
}

/* Is the next stop most likely the last one's again? */
static inline bool placement_in_step(const struct placement *p)
{
	return atomic_load_explicit(&p->idle, memory_order_relaxed);
}

#endif
