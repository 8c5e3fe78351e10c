/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/attach.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/ptrace.h>

#include "base/proc.h"

/* 1, 0 where there is nothing to do, or -errno. */
static int seize(struct tracer *t, pid_t tid, pid_t pid)
{
	struct task *task;

	HASH_FIND_INT(t->tasks, &tid, task);
	if (task)
		return 0;
	if (ptrace(PTRACE_SEIZE, tid, NULL, (void *)t->options) < 0) {
		int e = errno;

		/* It has ended; or a seized one has made it since, and it is ours. */
		return e == ESRCH || proc_state(tid) == 'Z' || proc_is_traced_by_us(tid) ? 0 : -e;
	}
	task = tracer_task(t, tid);
	if (!task)
		return -ENOMEM;
	task->tgid = pid;
	task->seen = true;
	return 1;
}

static int seize_threads(struct tracer *t, pid_t pid)
{
	char path[PROC_PATH];
	struct dirent *e;
	int n = 0, r = 0;
	DIR *d;

	proc_path(path, pid, "task");
	d = opendir(path);
	while (d && r >= 0 && (e = readdir(d))) {
		r = e->d_name[0] == '.' ? 0 : seize(t, (pid_t)strtol(e->d_name, NULL, 10), pid);
		n += r > 0;
	}
	if (d)
		closedir(d);
	return r < 0 ? r : n;
}

/* One that is not seized yet may make another while we look: once more, until there is none. */
int attach_process(struct tracer *t, pid_t pid)
{
	int n, all = 0;

	do {
		n = seize_threads(t, pid);
		all += n;
	} while (n > 0);
	return n < 0 ? n : all;
}

bool attach_interrupt(struct task *task)
{
	task->interrupted = ptrace(PTRACE_INTERRUPT, task->tid, NULL, NULL) == 0;
	return task->interrupted;
}

void attach_halt(struct tracer *t)
{
	struct task *task, *next;

	HASH_ITER(hh, t->tasks, task, next)
		task->halting = attach_interrupt(task);
}

unsigned int attach_halting(const struct tracer *t)
{
	unsigned int n = 0;
	struct task *task, *next;

	HASH_ITER(hh, t->tasks, task, next)
		n += task->halting;
	return n;
}

uint32_t attach_arch(const struct task *task)
{
	struct __ptrace_syscall_info info = { 0 };

	ptrace(PTRACE_GET_SYSCALL_INFO, task->tid, (void *)sizeof info, &info);
	return info.arch;
}

void attach_let_go(struct tracer *t)
{
	struct task *task, *next;

	t->letting_go = true;
	HASH_ITER(hh, t->tasks, task, next)
		if (!task->let_go && !task->inside)
			attach_interrupt(task);
}
