/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_INNER_H
#define RECORD_INNER_H
/*
 * Tracers inside: a recorded program that traces another. Both are our own
 * tracees. What the kernel would do between the two is done here instead:
 *
 *   inner-calls.c  ptrace(2) of the tracer; we carry it out in its stead
 *   inner-stops.c  its tracee stops: it is not resumed, but kept for the tracer
 *   inner-wait.c   wait(2) of the tracer,
 *   inner-sign.c   and the SIGCHLD, tell of that
 *
 * A tracer's own calls all stop, as long as it has a tracee: its waits are none
 * of those that the filter stops. Nobody else pays for any of it.
 */
#include "record/recorder.h"

/* A task that is alive, and known; or NULL. */
struct task *inner_task(struct recorder *r, pid_t tid);
/* Is it a process, and a child of that one? */
bool inner_is_child(const struct task *task, pid_t process);
/* From here on `tracer` traces `task`, which nobody does yet. 0 or -ENOMEM. */
int inner_begin(struct recorder *r, struct task *tracer, struct task *task, bool seized,
	uint32_t options);
/* Nobody traces it any more, and nobody is to be told of its end. */
void inner_end(struct recorder *r, struct tracee *t);
/* A task's options of the kernel: what we need, and what a tracer inside asked for. 0 or -errno. */
int inner_options(struct recorder *r, struct task *task);
/*
 * It goes on from where it stands, by PTRACE_CONT or whichever request, with the signal; or, with
 * detach, without a tracer. 0 or -errno.
 */
int inner_go_on(struct recorder *r, struct tracee *t, int request, int sig);
int inner_detach(struct recorder *r, struct tracee *t, int sig);
/* The next one that goes on at its call's entry (STOP_CALL_ENTRY); false: none. */
bool inner_released(struct recorder *r, struct stop *stop);
/* Who is in a pause(2) for a tracee looks again: it may be gone, or a child of its own may be. */
void inner_wake(struct recorder *r);
/* A thread is got out of a call that it waits in; a stop of its own tells of it. */
void inner_kick(struct task *task);

#endif
