/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/placement.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"

/* A burst: stops that come faster than this. Waking a sleeping CPU twice takes less. */
#define BURST_NS (100 * 1000LL)
/* Slower than this, two CPUs take part. */
#define APART_NS (20 * 1000LL)
/* How often the guard looks whether stops are served. */
#define GUARD_NS (2 * 1000 * 1000L)
#define BACKOFF_MAX 64U

static void set_cpus(pid_t tid, const void *mask, size_t size)
{
	sched_setaffinity(tid, size, mask);
}

static bool set_policy(pid_t tid, int policy)
{
	struct sched_param none = { 0 };

	return sched_setscheduler(tid, policy, &none) == 0;
}

/* The CPU that a stopped task ran on: the 39th field of its stat, the 37th after its name. */
static int cpu_of(pid_t tid)
{
	_cleanup_buf_ struct buf stat = BUF_INIT;
	const char *field;
	char path[64];
	int i;

	snprintf(path, sizeof path, "/proc/%d/stat", tid);
	if (io_read_file(path, &stat, 2048) < 0 || !stat.data)
		return -1;
	field = strrchr(stat.data, ')');
	for (i = 0; field && i < 37; i++)
		field = strchr(field + 1, ' ');
	return field ? (int)strtol(field, NULL, 10) : -1;
}

void placement_leave_idle(struct placement *p)
{
	if (atomic_exchange(&p->idle, false))
		set_policy(p->tracer, SCHED_OTHER);
}

static void go_home(struct placement *p)
{
	placement_leave_idle(p);
	if (p->pinned)
		set_cpus(p->tracer, p->home, sizeof p->home);
	p->pinned = false;
}

/* Nobody served a stop in a while: perhaps the tracer is kept from it. */
static void rescue(struct placement *p)
{
	if (!atomic_exchange(&p->idle, false))
		return;
	atomic_fetch_add(&p->rescues, 1);
	set_policy(p->tracer, SCHED_OTHER);
	set_cpus(p->tracer, p->home, sizeof p->home);
}

static void watch(struct placement *p)
{
	const struct timespec pause = { 0, GUARD_NS };
	unsigned int seen = atomic_load(&p->stops), now;

	while (atomic_load(&p->idle)) {
		nanosleep(&pause, NULL);
		now = atomic_load(&p->stops);
		if (now == seen)
			rescue(p);
		seen = now;
	}
}

static void *guard(void *data)
{
	struct placement *p = data;

	/* Not on the one CPU that the tracer may have been on when it made us. */
	set_cpus(0, p->home, sizeof p->home);
	atomic_store(&p->guard_tid, (pid_t)syscall(SYS_gettid));
	/* Without rights (RLIMIT_NICE, CAP_SYS_NICE) there is no way back: tried on ourselves. */
	atomic_store(&p->may_idle, set_policy(0, SCHED_IDLE) && set_policy(0, SCHED_OTHER));
	pthread_mutex_lock(&p->lock);
	while (!p->quit) {
		if (atomic_load(&p->idle)) {
			pthread_mutex_unlock(&p->lock);
			watch(p);
			pthread_mutex_lock(&p->lock);
		} else {
			pthread_cond_wait(&p->wake, &p->lock);
		}
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

void placement_begin(struct placement *p)
{
	memset(p, 0, sizeof *p);
	p->tracer = (pid_t)syscall(SYS_gettid);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, NULL);
	if (sched_getaffinity(0, sizeof p->home, (cpu_set_t *)p->home) < 0)
		return;
	p->on = CPU_COUNT_S(sizeof p->home, (cpu_set_t *)p->home) > 1;
	p->window_ns = io_monotonic_ns();
}

void placement_end(struct placement *p)
{
	if (!p->on)
		return;
	go_home(p);
	p->on = false;
	if (!p->has_guard)
		return;
	pthread_mutex_lock(&p->lock);
	p->quit = true;
	pthread_cond_signal(&p->wake);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->guard, NULL);
}

static void pin(struct placement *p, pid_t tid)
{
	unsigned long mask[PLACEMENT_CPUS / (8 * sizeof(unsigned long))] = { 0 };
	int cpu = cpu_of(tid);

	if (cpu < 0 || cpu >= PLACEMENT_CPUS ||
		!CPU_ISSET_S((size_t)cpu, sizeof p->home, (cpu_set_t *)p->home))
		return;
	CPU_SET_S((size_t)cpu, sizeof mask, (cpu_set_t *)mask);
	set_cpus(p->tracer, mask, sizeof mask);
	p->pinned = true;
	/* The guard must not wake up there: a CPU with anything else to run is not idle. */
	memcpy(mask, p->home, sizeof mask);
	CPU_CLR_S((size_t)cpu, sizeof mask, (cpu_set_t *)mask);
	if (atomic_load(&p->guard_tid))
		set_cpus(atomic_load(&p->guard_tid), mask, sizeof mask);
}

static void go_idle(struct placement *p)
{
	if (sched_getscheduler(0) != SCHED_OTHER)
		return; /* as somebody wished */
	if (!p->has_guard) {
		/* It tries whether we may; by the next window we know. */
		p->has_guard = pthread_create(&p->guard, NULL, guard, p) == 0;
		return;
	}
	if (!atomic_load(&p->may_idle))
		return;
	/* The guard first: we may lose the CPU on the way back from the very next call. */
	pthread_mutex_lock(&p->lock);
	atomic_store(&p->idle, true);
	pthread_cond_signal(&p->wake);
	pthread_mutex_unlock(&p->lock);
	if (!set_policy(p->tracer, SCHED_IDLE) || !atomic_load(&p->idle)) {
		atomic_store(&p->idle, false);
		set_policy(p->tracer, SCHED_OTHER);
	}
}

/* A place that had to be taken back is tried again later and later. */
static void back_off(struct placement *p)
{
	p->backoff = p->backoff < BACKOFF_MAX ? 2 * p->backoff + 1 : BACKOFF_MAX;
	p->skip = p->backoff;
}

static bool may_go_idle(struct placement *p)
{
	unsigned int rescues = atomic_load(&p->rescues);

	if (rescues != p->rescues_seen)
		back_off(p);
	p->rescues_seen = rescues;
	p->slow = p->windows = 0;
	if (p->skip == 0)
		return true;
	p->skip--;
	return false;
}

/* Where other programs want the CPU, too, we wait for it too long: the clock tells. */
static void stay_idle(struct placement *p, pid_t tid, int64_t took)
{
	/* Twice: windows differ by a fifth of themselves without a reason. */
	p->slow = took / 2 > p->normal_ns ? p->slow + 1 : 0;
	if (p->slow > 1) {
		placement_leave_idle(p);
		back_off(p);
		return;
	}
	/* Where we wake it, it stays, so that one look in many is enough; but the scheduler's
	 * balance may take it away, and then each stop wakes a sleeping CPU again. */
	if (++p->windows % 16 == 0 || took > (int64_t)PLACEMENT_WINDOW * APART_NS)
		pin(p, tid);
	if (p->windows % 16 == 0)
		p->backoff = 0;
}

void placement_decide(struct placement *p, pid_t tid)
{
	int64_t now = io_monotonic_ns();
	int64_t took = now - p->window_ns;
	bool burst = took < (int64_t)PLACEMENT_WINDOW * BURST_NS;
	bool alone = p->alone;

	p->window_ns = now;
	p->alone = true;
	if (!burst) {
		go_home(p);
		return;
	}
	if (atomic_load(&p->idle)) {
		stay_idle(p, tid, took);
		return;
	}
	p->normal_ns = p->pinned ? took : INT64_MAX;
	pin(p, tid);
	if (alone && may_go_idle(p))
		go_idle(p);
}
