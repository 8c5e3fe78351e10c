/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_TRACEE_H
#define RECORD_TRACEE_H
/*
 * Who is traced by whom among the recorded: strace, gdb, LeakSanitizer. The
 * kernel allows one tracer a task, and that is us, so this is known here alone.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "trace/tracer.h"

/* What PTRACE_GETSIGINFO has to say in a stop. */
enum tracee_info {
	INFO_KERNELS, /* what the kernel says */
	INFO_OURS,
	INFO_NONE,
};

struct tracee {
	struct tracee *next;
	struct task *task;  /* NULL: it has ended, and its tracer does not know yet */
	pid_t tid, tgid;
	pid_t tracer;       /* the thread that asked for it, */
	pid_t tracer_process;
	uid_t uid;
	bool own_child;     /* the tracer's own child: the kernel tells of its end */
	bool seized;
	bool born;          /* its tracer's from birth, where it stops first */
	uint32_t options;   /* PTRACE_O_* */
	bool awaits_options; /* it ran when they were set: its next stop gives them to the kernel */
	bool stopped;       /* it stands in `stop` until its tracer lets it go */
	bool told;          /* wait(2) has told of `status` */
	bool emulated;      /* at the entry of a call that is not made (PTRACE_SYSEMU) */
	bool rings;         /* a SIGCHLD tells of it */
	bool attaching, traps; /* a signal of ours is on its way: PTRACE_ATTACH's, or exec's */
	bool interrupted;   /* PTRACE_INTERRUPT, and no stop since */
	int passes;         /* a signal that its tracer has sent it on with */
	int status;
	struct stop stop;
	enum tracee_info info;
	siginfo_t siginfo;
	struct rusage usage; /* at its last stop */
};

/* A task that its tracer has let go on at a call's entry: it has not been recorded yet. */
struct released {
	struct released *next;
	struct stop stop;
};

struct tracees {
	struct tracee *first; /* who has stood longest comes first */
	/* the tracer that was asked last, and how it treats SIGCHLD (proc_treats()) */
	pid_t asked;
	unsigned int how;
	struct released *released;
};

/* A wait(2) of a tracer between its two stops, or what it was turned into. */
struct waits {
	bool on;
	bool pauses;    /* the kernel knows of nobody to wait for: it is pause(2) */
	bool shall_pause; /* it comes again, and is to be that */
	bool by_id;     /* waitid(2) */
	uint64_t nr;
	bool nonblock;  /* by a pidfd that does not wait: EAGAIN where it would */
	int type;       /* P_PID ... */
	pid_t id;
	uint64_t where, usage; /* addresses; 0: none */
	int options;
};

/* A call of a tracer that may take a signal; where it puts it, 0: it takes none. */
struct takes {
	bool by_wait; /* sigtimedwait(2); else read(2), */
	int fd;       /* from this descriptor */
	uint64_t where;
};

/* A PTRACE_ATTACH or PTRACE_SEIZE: may it do so? The kernel is asked by another call. */
struct asks {
	bool on, seize;
	pid_t tid;
	uint32_t options;
	uint64_t args[6];
};

/* One more, the first; NULL: no memory. */
struct tracee *tracees_add(struct tracees *all);
void tracees_remove(struct tracees *all, struct tracee *t);
/* It has come to stand behind all the others. */
void tracees_last(struct tracees *all, struct tracee *t);
/* Has this process any? */
bool tracees_of(const struct tracees *all, pid_t process);
void tracees_release(struct tracees *all);

#endif
