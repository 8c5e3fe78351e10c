/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACE_TRACER_H
#define TRACE_TRACER_H
/*
 * The kernel's stops, one at a time. All of ptrace(2) and wait(2) is behind
 * this header. A task may die between any two calls: then a call fails with
 * -ESRCH, which is no error; its death is reported by a later stop.
 */
#include <stdbool.h>
#include <stdint.h>
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
	bool dead;       /* ended before its parent's event named it */
	int dead_status;
	UT_hash_handle hh;
};

enum stop_kind {
	STOP_CALL_ENTRY, /* nr, arch, args */
	STOP_CALL_EXIT,  /* result */
	STOP_FOREIGN,    /* a filter of the program's own asked for a tracer */
	STOP_NEW,        /* a new task's first stop */
	STOP_CHILD,      /* fork, vfork, clone: `other` is the child; nr, arch and the first of args: of the call */
	STOP_EXEC,       /* `other` is the thread that called exec, if not the leader */
	STOP_SIGNAL,     /* `signal` is on its way to the task */
	STOP_GROUP,      /* stopped by SIGSTOP and its like */
	STOP_EXITING,    /* only for tasks with tracer_watch_exit */
	STOP_GONE,       /* exited or killed: wait status in `status`; the task is freed by the caller */
	STOP_OTHER,
	STOP_NONE,       /* while some are held, or waiting: nothing happened for TRACER_IDLE_MS; there is no task */
};

#define TRACER_IDLE_MS 20

struct stop {
	struct task *task;
	enum stop_kind kind;
	int signal, status;
	pid_t other;
	uint32_t arch;
	uint64_t nr, args[6];
	uint64_t stack; /* STOP_EXEC: where the new image's begins; 0: not known */
	int64_t result; /* -errno when the call failed */
};

/* What wait(2) says of a task. */
struct report {
	pid_t tid; /* 0: nothing happened (STOP_NONE) */
	int status;
};

/* Those that were taken, and not served yet (trace/wait.h). */
struct reports {
	struct report *list;
	size_t first, end, room;
};

struct tracer {
	struct task *tasks;  /* by tid */
	struct placement placement;
	struct reports reports;
	pid_t command;       /* the traced command: the process that became it */
	unsigned int held;   /* tasks that are, counted by the caller */
	unsigned int waiting; /* likewise, tasks that it has not resumed from another stop */
	bool every_call;     /* no filter: each call stops, by PTRACE_SYSCALL */
	bool command_exiting; /* set by the caller at the last thread's STOP_EXITING: from here on
	                       * its zombie is left to tracer_release_command */
	bool command_dead;
	bool command_released;
	int command_status;
};

void tracer_init(struct tracer *t, pid_t command, bool every_call);
void tracer_release(struct tracer *t);

/*
 * Begins to trace the command, which goes on running. 0, -EPERM where ptrace is
 * forbidden, -ENOSYS on a kernel without PTRACE_GET_SYSCALL_INFO (before 5.3), or -errno.
 */
int tracer_seize(struct tracer *t);

/*
 * Waits for the next stop: 1, or 0 when no task is left (or, with the command
 * dead but not released, after timeout_ms or a SIGCHLD; -1 waits for ever).
 */
int tracer_next(struct tracer *t, struct stop *stop, int timeout_ms);

/* Lets the stopped task go on; with `follow`, up to the exit of its call. 0 or -errno. */
int tracer_resume(struct tracer *t, const struct stop *stop, bool follow);

/* STOP_EXITING for this task and what it creates from now on; or no more. */
void tracer_watch_exit(const struct tracer *t, const struct task *task, bool watch);

/* The task of a tid, made if there is none yet. NULL: no memory. */
struct task *tracer_task(struct tracer *t, pid_t tid);

/* Takes a task that is gone off the table; `data` must have been freed. */
void tracer_forget(struct tracer *t, struct task *task);

/*
 * The command has exited and is a zombie that only its tracer can see. Its
 * parent learns of it when we reap it, which is this call.
 */
void tracer_release_command(struct tracer *t);

/* The call at whose entry `task` stands: never made; it answers -error. */
int tracer_deny(const struct task *task, int error);
/* Sets argument i of the call at whose entry `task` stands. */
int tracer_set_arg(const struct task *task, uint32_t arch, int i, uint64_t value);

#endif
