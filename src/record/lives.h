/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_LIVES_H
#define RECORD_LIVES_H
/*
 * Who forked whom. A life is a process from fork to exit, under a number of
 * our own, since pids come round again; a thread is what the kernel stops.
 *
 * Of the 90 us that a fork + exec takes of the tracer's own time, exe and cwd
 * are 15: each makes inodes of /proc. Both are read all the same: AT_EXECFN
 * names a script, not what runs it, and a working folder may be another than
 * that of who forked, which only a stop at each chdir(2) would tell.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/hash.h"
#include "model/sink.h"
#include "record/tracee.h"
#include "trace/tracer.h"

struct buf;
struct pending;

/* The signals that a process ignored when they were sent to it last, by this one (sent.h). */
struct vain {
	pid_t sender;
	uint64_t signals;
};

struct life {
	uint32_t number;
	uint32_t parent;        /* 0: it lost it, or was found */
	uint32_t exec;          /* the image it runs now; its parent's until its own first exec */
	bool exec_is_inherited; /* then its events need an exec row of its own */
	pid_t pid;
	unsigned int threads; /* that have not ended */
	struct vain vain;
	enum { PLACE_UNKNOWN, PLACE_FIRST, PLACE_LATER } place; /* in its pid namespace */
	char *core;                /* the file that it may be dumped to (core.h); or NULL */
	struct inode core_before;  /* what stood there */
};

/* A call that an ignored signal has interrupted, and that is made again (again.c). */
struct again {
	enum { AGAIN_NOT, AGAIN_ARMED, AGAIN_INSIDE, AGAIN_ENDED } state;
	const struct again_call *call;
	int64_t until; /* by the monotonic clock; 0: for ever */
	uint32_t arch; /* it, as the stops name it */
	uint64_t nr;
	int64_t result; /* what it had come to, and has for a signal that comes before the call */
	bool changed; /* its argument that has the limit, which was: */
	uint64_t arg;
	bool stopped; /* the task stood still since: that interrupts its call for good */
};

/* A transfer that an ignored signal has cut short, and the call that makes its rest (rest.c). */
struct rest {
	enum { REST_NOT, REST_ARMED, REST_INSIDE, REST_ENDED } state;
	uint32_t arch; /* the call, as the stops name it */
	uint64_t nr;
	uint64_t args[6], next[6]; /* the program's, and those of the rest */
	int64_t done;
	int64_t until; /* by the monotonic clock, the socket's limit; 0: for ever */
	bool at_end;   /* the rest ended by itself: with an error, or where there is no more */
	bool quiet;    /* it gets no SIGPIPE where it has sent something, */
	bool swallows; /* and its rest has */
};

/* nanosleep(2) and its like, from its entry on (sleep.h). */
struct sleep {
	size_t size; /* of what is left of it; 0: none */
	uint64_t addr, args[6];
	size_t args_size;
	uint8_t before[16], left[16]; /* what stood there, and what the kernel has written */
	bool has_left;
};

/* The first argument of a clone that is made with another one (call-clone.c). */
struct cut {
	uint32_t arch; /* 0: none */
	uint64_t arg;
};

/* What task->data points to. */
struct thread {
	struct life *life;
	struct pending *pending; /* of the call it stands in, NULL when none was ever needed */
	bool watched;  /* it stops at its end; so does what it makes, until told otherwise */
	bool strict; /* it reads, writes and ends, and is killed for anything else (strict.h) */
	struct again again;
	struct rest rest;
	struct sleep sleep;
	struct cut cut;
	struct tracee *tracee; /* it has a tracer inside (inner.h) */
	struct waits waits;    /* it is a tracer itself, and waits, */
	struct takes takes;    /* or takes the signal that tells of a tracee, */
	struct asks asks;      /* or wants to be one */
	enum { KICK_NONE, KICK_SENT, KICK_SURE } kick; /* inner_kick() */
	pid_t maker;           /* the thread that made its process */
	/* of its last clone that stopped at its entry: CLONE_UNTRACED, so that what it makes is
	 * nobody's tracee, CLONE_PARENT and CLONE_PTRACE */
	uint64_t clones;
};

struct lives {
	struct sink *sink;
	uint32_t last_life, last_exec;
	unsigned int alive;
	struct life *command; /* NULL once it has ended */
};

static inline struct thread *thread_of(const struct task *task)
{
	return task->data;
}

/* The command's first life. 0 or -ENOMEM. */
int lives_begin(struct lives *l, struct task *command, pid_t ppid, int64_t at);
/* `child` came from `parent`'s fork (or, with `thread`, is one more thread of it). 0 or -ENOMEM. */
int lives_child(struct lives *l, struct task *parent, struct task *child, bool thread, int64_t at);
/*
 * A process that is met in the midst of its life, by one of its threads: its parent was killed
 * before it could tell of it, or it was there before us, as was its parent, if that is known.
 * 0 or -ENOMEM.
 */
int lives_found(struct lives *l, struct task *task, pid_t pid, const struct life *parent,
	enum abi abi, int64_t at);
/* One more thread of a process that is known. 0 or -ENOMEM. */
int lives_thread(struct task *task, struct life *life);
/* A task ended with wait status `status`; its data is freed. */
void lives_end(struct lives *l, struct task *task, int status, int64_t at);
/* Nobody listens to it any more: what is known of it goes, and of its process with the last. */
void lives_let_go(struct task *task);
/* The task of this STOP_EXEC runs a new image. */
void lives_exec(struct lives *l, struct tracer *t, const struct stop *stop, enum abi abi,
	int64_t at);
/*
 * Appends the arguments of the image that runs in `pid`, as JSON: at an exec the stack tells,
 * a process met later (stack 0) may have written over it. One that is gone has none.
 */
void lives_argv(pid_t pid, enum abi abi, uint64_t stack, struct buf *out);
/* The exec number that an event of this life belongs to. */
uint32_t lives_exec_of(struct lives *l, struct life *life, enum abi abi, int64_t at);

#endif
