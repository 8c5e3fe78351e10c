/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACE_TASKS_H
#define TRACE_TASKS_H
/* The tasks that are traced, and what is known of them: what tracer.c and wait.c share. */
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/hash.h"
#include "trace/placement.h"

/* A thread that we trace. `data` is the caller's; the tracer never looks at it. */
struct task {
	pid_t tid;
	pid_t tgid; /* its process: set by the caller when it knows */
	void *data;
	bool in_call;    /* between the two stops of a call that is followed */
	bool held;       /* a child whose parent is not known yet: it stands in its first stop */
	int held_signal;
	int64_t held_ns; /* since when, by the monotonic clock */
	bool seen;       /* has reported its first stop */
	bool inside;     /* it was last resumed within a call */
	bool halting;    /* it was asked to stop (attach.h), and has not made any stop yet */
	bool interrupted; /* likewise, and the stop that answers is yet to come */
	bool let_go;     /* it is no longer ours */
	bool all_calls;  /* each of its calls stops, whatever the filter says. Set by the caller */
	bool listens;    /* it stands still with its group */
	int request;     /* how it goes on where nothing is to be learnt; 0: PTRACE_CONT */
	bool dead;       /* ended before its parent's event named it */
	int dead_status;
	UT_hash_handle hh;
};

/* While some are held, or waiting, so long nothing happens before that is told. */
#define WAIT_IDLE_MS 20

/* What wait(2) says of a task. */
struct report {
	pid_t tid; /* 0: nothing happened (STOP_NONE) */
	int status;
	struct rusage usage; /* with tracer.usage_wanted */
};

/* Those that were taken, and not served yet (wait.c). */
struct reports {
	struct report *list;
	size_t first, end, room;
	bool found; /* anybody, when it was looked last */
};

struct tracer {
	struct task *tasks;  /* by tid */
	struct placement placement;
	struct reports reports;
	pid_t command;       /* the process that became the traced command; 0: attached to others */
	long options;        /* of PTRACE_SEIZE */
	unsigned int held;   /* tasks that are, counted by the caller */
	unsigned int waiting; /* likewise, tasks that it has not resumed from another stop */
	bool usage_wanted;   /* somebody asks for `usage`; set by the caller */
	struct rusage usage; /* of the task whose stop was served last, as of then */
	bool every_call;     /* no filter: each call stops, by PTRACE_SYSCALL */
	bool end_asked;      /* attached: a signal has come that ends it */
	bool letting_go;     /* who is on the way out of the kernel is let go, not resumed */
	bool command_exiting; /* set by the caller at its first thread's STOP_EXITING: from here on
	                       * its zombie is left to tracer_release_command */
	bool command_dead;
	bool command_released;
	int command_status;
};

#endif
