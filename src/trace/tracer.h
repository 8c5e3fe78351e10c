/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACE_TRACER_H
#define TRACE_TRACER_H
/*
 * The kernel's stops, one at a time. All of ptrace(2) and wait(2) is behind
 * this header. A task may die between any two calls: then a call fails with
 * -ESRCH, which is no error; its death is reported by a later stop.
 *
 * What did not help: to ask for the thread that called exec only where there
 * is more than one (a fork + exec takes 94 us of our time, and took 90).
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "trace/tasks.h"

enum stop_kind {
	STOP_CALL_ENTRY, /* nr, arch, args */
	STOP_CALL_EXIT,  /* result */
	STOP_FOREIGN,    /* a filter of the program's own asked for a tracer */
	STOP_NEW,        /* a new task's first stop */
	STOP_CHILD,      /* fork, vfork, clone: `other` is the child */
	STOP_EXEC,       /* `other` is the thread that called exec, if not the leader */
	STOP_SIGNAL,     /* `signal` is on its way to the task */
	STOP_GROUP,      /* stopped by SIGSTOP and its like */
	STOP_EXITING,    /* only for tasks with tracer_watch; `other` is the wait status to come */
	/* exited or killed: wait status in `status`; the task is freed by the caller */
	STOP_GONE,
	STOP_OTHER,
	/* while some are held, or waiting: nothing happened for WAIT_IDLE_MS; there is no task */
	STOP_NONE,
};

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

/* On the thread that traces; command 0: it attaches to what runs already (attach.h). */
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
 * Attached, it is STOP_NONE after timeout_ms, or when the end is asked for.
 */
int tracer_next(struct tracer *t, struct stop *stop, int timeout_ms);

/*
 * Who has ended by now can be waited for by its parent. Nothing is served by this: all that is
 * found is reported by tracer_next, in its turn.
 */
void tracer_reap(struct tracer *t);

/* Lets the stopped task go on; with `follow`, up to the exit of its call. 0 or -errno. */
int tracer_resume(struct tracer *t, const struct stop *stop, bool follow);

/*
 * STOP_EXITING for this task and what it creates from now on, or no more; and vfork's end.
 * 0 or -errno.
 */
int tracer_watch(const struct tracer *t, const struct task *task, bool exit, bool vfork_done);

/* A signal that stops a process where nothing handles it (signal(7)). */
bool tracer_stops_group(int sig);

/* The task of a tid, made if there is none yet. NULL: no memory. */
struct task *tracer_task(struct tracer *t, pid_t tid);

/* Takes a task that is gone off the table; `data` must have been freed. */
void tracer_forget(struct tracer *t, struct task *task);

/*
 * The command has exited and is a zombie that only its tracer can see. Its
 * parent learns of it when we reap it, which is this call.
 */
void tracer_release_command(struct tracer *t);

/* What the kernel says to itself of a call that a signal interrupts (linux/errno.h), from to. */
#define ERESTARTSYS 512    /* begun anew; EINTR only where a handler without SA_RESTART comes */
#define ERESTARTNOHAND 514 /* begun anew without a handler */
#define ERESTART_RESTARTBLOCK 516 /* restart_syscall(2) is next, if nothing else */
/*
 * At a STOP_SIGNAL: did the signal come in a call, which has answered something? 1, and stop has
 * its nr, arch, args, stack and result, which the program has not seen yet; 0, or -errno.
 */
int tracer_interrupted(struct stop *stop);
/* What a call of which the task has not seen the end answers; below -511, what the kernel does. */
int tracer_set_result(const struct task *task, int64_t result);
/* The call at whose entry `task` stands: never made; it answers -error. */
int tracer_deny(const struct task *task, int error);
/* The same, with any result. */
int tracer_answer(const struct task *task, int64_t result);
/* At its entry, or its exit: another number for the call. */
int tracer_set_call(const struct task *task, uint64_t nr);
/* At a call's exit, or after: it is made once more, as call nr; its arguments stand as they did. */
int tracer_call_again(const struct task *task, uint64_t nr);
/* Before that call is made once more: it is not, and has come to this result. */
int tracer_call_ended(const struct task *task, uint64_t nr, int64_t result);
/*
 * Is call nr its next instruction? The kernel makes one once more after a signal that nothing
 * handles (signal(7)); on_its_way: it has just arranged that, and the task has not left it since.
 */
bool tracer_is_before(const struct task *task, uint32_t arch, uint64_t nr, bool on_its_way);
/*
 * ptrace(2) itself, as the kernel takes it, of a task that stands in a stop: its result, or
 * -errno.
 */
long tracer_request(const struct task *task, int request, uint64_t addr, void *data);
/* Its stack pointer; 0: it is gone. */
uint64_t tracer_stack(const struct task *task);
/* At a STOP_CHILD: nr, arch and the first of args of the call that made it. 0 or -errno. */
int tracer_making(struct stop *stop);
/* The call at whose entry the stop's task stands, which somebody may have changed. */
void tracer_look(struct stop *stop);
/* Sets argument i of the call at whose entry `task` stands. */
int tracer_set_arg(const struct task *task, uint32_t arch, int i, uint64_t value);

#endif
