/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACE_ATTACH_H
#define TRACE_ATTACH_H
/*
 * Processes that run already. Each call of theirs stops (PTRACE_SYSCALL): a
 * seccomp filter could not be taken out of them again, and without a tracer it
 * would make every call that it stops fail.
 *
 * They are let go on their way out of a call, or out of the stop that they were
 * asked for. Who sleeps in a call is let go by the end of the thread that
 * traces: then the kernel takes its tracees from it without a word to them
 * (exit_ptrace()), and no call is interrupted. That is also what happens to all
 * of them when we are killed.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "trace/tracer.h"

/*
 * Seizes all threads of a process, whose tasks have their tgid then; those that one of them makes
 * meanwhile come by themselves. The number of threads that were new; 0: it is gone, or all are
 * seized already; or -errno.
 */
int attach_process(struct tracer *t, pid_t pid);
/* Asks a task to stop. False: it is gone. */
bool attach_interrupt(struct task *task);
/* Asks each that was seized to stop. What it sleeps in is made again (record/again.h). */
void attach_halt(struct tracer *t);
/* How many were asked, and have not stopped yet. */
unsigned int attach_halting(const struct tracer *t);
/* The architecture of a stopped task, AUDIT_ARCH_*; 0: it is gone. */
uint32_t attach_arch(const struct task *task);
/* From now on whoever may be let go is; who is in no call is asked to stop for it. */
void attach_let_go(struct tracer *t);

#endif
