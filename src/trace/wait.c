/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/wait.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

void wait_release(struct reports *r)
{
	free(r->list);
	*r = (struct reports){ 0 };
}

/*
 * A task stays in a stop until it is resumed, or killed. One that is reported again before its stop
 * was served has been killed since (perhaps by the exec of another thread, which then goes by its
 * number): that stop is no more.
 */
static void drop_older(struct reports *r, pid_t tid)
{
	size_t i;

	for (i = r->first; i < r->end; i++)
		if (r->list[i].tid == tid && WIFSTOPPED(r->list[i].status))
			r->list[i].tid = 0;
}

static void keep(struct reports *r, struct report report)
{
	drop_older(r, report.tid);
	r->list[r->end++] = report;
}

static bool take(struct reports *r, struct report *report)
{
	while (r->first < r->end) {
		*report = r->list[r->first++];
		if (report->tid)
			return true;
	}
	return false;
}

static bool has_room(struct reports *r)
{
	struct report *list;

	if (r->first == r->end)
		r->first = r->end = 0;
	if (r->end < r->room)
		return true;
	list = realloc(r->list, (r->room + 64) * sizeof *list);
	if (!list)
		return false; /* they are asked for later */
	r->list = list;
	r->room += 64;
	return true;
}

/*
 * While one task makes all stops, its next one is served at once, and the others are looked for now
 * and then only; nearly so where the last look found nobody, as tasks mostly stop in turns. Always
 * to take the first that wait(2) comes to would leave the last one behind. After the last stop of
 * the command nothing may be waited for but with care (poll_command): there it ends.
 */
#define LOOK_IN_STEP 8
#define LOOK_IN_TURNS 4

static bool shall_look(const struct tracer *t)
{
	unsigned int every = placement_in_step(&t->placement) ? LOOK_IN_STEP :
		t->reports.found                              ? 1 :
								LOOK_IN_TURNS;

	return HASH_COUNT(t->tasks) > 1 && t->placement.stops % every == 0;
}

static pid_t wait_for(const struct tracer *t, pid_t tid, struct report *report, int flags)
{
	return wait4(tid, &report->status, __WALL | flags, t->usage_wanted ? &report->usage : NULL);
}

static void take_all(struct tracer *t, struct report report)
{
	struct reports *r = &t->reports;

	if (!shall_look(t))
		return;
	r->found = false;
	while (report.status >> 16 != PTRACE_EVENT_EXIT && has_room(r)) {
		report.tid = wait_for(t, -1, &report, WNOHANG);
		if (report.tid <= 0)
			return;
		r->found = true;
		keep(r, report);
	}
}

/*
 * The exit of the command is looked at and left in place (WNOWAIT): until we
 * reap it, its parent does not see it end, and that is how the record is
 * complete before the status is handed back.
 */
static bool take_seen(struct tracer *t, const siginfo_t *si, struct report *report)
{
	bool stopped =
		si->si_code != CLD_EXITED && si->si_code != CLD_KILLED && si->si_code != CLD_DUMPED;

	report->tid = si->si_pid;
	if (stopped || si->si_pid != t->command)
		return wait_for(t, si->si_pid, report, WNOHANG) > 0;
	if (si->si_code == CLD_EXITED)
		report->status = W_EXITCODE(si->si_status, 0);
	else
		report->status = si->si_status | (si->si_code == CLD_DUMPED ? WCOREFLAG : 0);
	return true;
}

static bool poll_command(struct tracer *t, struct report *report)
{
	siginfo_t si = { 0 };

	return waitid(P_PID, (id_t)t->command, &si,
		       WEXITED | WSTOPPED | WNOWAIT | WNOHANG | __WALL) == 0 &&
		si.si_pid && take_seen(t, &si, report);
}

/* Its first thread is past its last stop, and others may go on for long. */
static int wait_with_command_exiting(struct tracer *t, struct report *report)
{
	siginfo_t si;

	do {
		si.si_pid = 0;
		if (waitid(P_ALL, 0, &si, WEXITED | WSTOPPED | WNOWAIT | __WALL) < 0 &&
			errno != EINTR)
			return errno == ECHILD ? 0 : -errno;
	} while (!si.si_pid || !take_seen(t, &si, report));
	return 1;
}

static bool poll_task(struct tracer *t, const struct task *task, struct report *report)
{
	if (task->tid == t->command)
		return !t->command_dead && poll_command(t, report);
	report->tid = wait_for(t, task->tid, report, WNOHANG);
	if (report->tid < 0 && errno == ECHILD) /* taken over by another thread's exec */
		*report = (struct report){ .tid = task->tid };
	return report->tid > 0;
}

/* One look at every task; starts after the one served last, to be fair. */
static bool poll_tasks(struct tracer *t, struct report *report)
{
	static pid_t last;
	struct task *task, *start = NULL;
	unsigned int n = HASH_COUNT(t->tasks);

	HASH_FIND_INT(t->tasks, &last, start);
	for (task = start ? start->hh.next : NULL; n--; task = task->hh.next) {
		if (!task)
			task = t->tasks;
		if (poll_task(t, task, report)) {
			last = report->tid;
			return true;
		}
	}
	return false;
}

/*
 * SIGCHLD is blocked: one that came since the last look is pending. Was there one before the time
 * was up? Attached, the others are blocked, too, and one that should end us does not kill.
 */
static bool await_child(struct tracer *t, const struct timespec *timeout)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t set;
	size_t i;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (i = 0; !t->command && i < sizeof ends / sizeof ends[0]; i++)
		sigaddset(&set, ends[i]);
	sig = sigtimedwait(&set, NULL, timeout);
	if (sig > 0 && sig != SIGCHLD)
		t->end_asked = true;
	return sig == SIGCHLD || (sig < 0 && errno == EINTR);
}

static int wait_with_command_held(struct tracer *t, struct report *report, int timeout_ms)
{
	struct timespec timeout = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };

	if (poll_tasks(t, report))
		return 1;
	/* It may also be the writer's, to say that the record is whole: the caller sees to it. */
	await_child(t, timeout_ms < 0 ? NULL : &timeout);
	return poll_tasks(t, report);
}

/* As wait(2), but with an end: 0 when nothing happens for a while. */
static pid_t wait_a_while(struct tracer *t, struct report *report, int ms)
{
	const struct timespec idle = { ms / 1000, ms % 1000 * 1000000L };
	pid_t tid;

	do
		tid = wait_for(t, -1, report, WNOHANG);
	while (tid == 0 && await_child(t, &idle));
	return tid;
}

/* wait(2) for any of many looks at one after the other; for one alone it does not. */
#define MANY_TASKS 64

static pid_t wait_any(struct tracer *t, struct report *report, int timeout_ms)
{
	pid_t tid;

	if (t->held || t->waiting)
		return wait_a_while(t, report, WAIT_IDLE_MS);
	if (!t->command)
		return wait_a_while(t, report, timeout_ms);
	if (placement_in_step(&t->placement) && HASH_COUNT(t->tasks) > MANY_TASKS) {
		tid = wait_for(t, t->placement.last, report, WNOHANG);
		if (tid > 0)
			return tid;
	}
	do
		tid = wait_for(t, -1, report, 0);
	while (tid < 0 && errno == EINTR);
	return tid;
}

static int wait_for_first(struct tracer *t, struct report *report, int timeout_ms)
{
	report->tid = wait_any(t, report, timeout_ms);
	if (report->tid < 0)
		return errno == ECHILD ? 0 : -errno;
	if (report->tid > 0)
		take_all(t, *report);
	return 1;
}

int wait_next(struct tracer *t, struct report *report, int timeout_ms)
{
	if (!take(&t->reports, report)) {
		int r;

		if (t->command_exiting && !t->command_released)
			return t->command_dead || t->held || t->waiting ?
				wait_with_command_held(t, report, timeout_ms) :
				wait_with_command_exiting(t, report);
		r = wait_for_first(t, report, timeout_ms);
		if (r <= 0 || !report->tid)
			return r;
	}
	if (t->usage_wanted)
		t->usage = report->usage;
	placement_stop(&t->placement, report->tid);
	return 1;
}

static bool is_last(const struct report *report)
{
	return report->status >> 16 == PTRACE_EVENT_EXIT;
}

/* Is the command past its last stop, or about to be, as far as it is known? */
static bool is_command_ending(const struct tracer *t)
{
	const struct reports *r = &t->reports;
	size_t i;

	for (i = r->first; i < r->end; i++)
		if (r->list[i].tid && is_last(&r->list[i]))
			return true;
	return t->command_exiting && !t->command_released;
}

/* But for the command, which is left in place. A thread goes before its leader: once more, then. */
static void reap_others(struct tracer *t)
{
	struct task *task, *next;
	struct report report;
	bool again = true;

	while (again) {
		again = false;
		HASH_ITER(hh, t->tasks, task, next) {
			if (task->tid == t->command || !has_room(&t->reports))
				continue;
			report.tid = wait_for(t, task->tid, &report, WNOHANG);
			if (report.tid <= 0)
				continue;
			keep(&t->reports, report);
			again = true;
		}
	}
}

void wait_reap(struct tracer *t)
{
	struct report report;

	while (!is_command_ending(t) && has_room(&t->reports)) {
		report.tid = wait_for(t, -1, &report, WNOHANG);
		if (report.tid <= 0)
			return;
		keep(&t->reports, report);
	}
	reap_others(t);
}
