/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H
/* Other programs, run as children. No shell is asked. */
#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/cleanup.h"

/*
 * Where a child's standard error goes: ours, nowhere, or where its output does.
 * It has nothing to read, and speaks as in the C locale, for what it says is
 * read here. CHILD_AT_TERMINAL: a person works with it; its files and its
 * environment are ours as they are, and it gets a SIGHUP when we are killed.
 */
enum child_errors { CHILD_SHOWN, CHILD_HIDDEN, CHILD_TO_OUT, CHILD_AT_TERMINAL };

enum { CHILD_NOT_RUN = 126, CHILD_NOT_THERE = 127 };

/*
 * Runs argv and waits. With out, its standard output goes there, and it dies
 * when we are killed; without, that is our standard error, and it is a command
 * of its own, which goes on. Its exit status as child_wait() tells it (or
 * CHILD_NOT_THERE: there is no such program), or -errno.
 */
int child_run(const char *const argv[], struct buf *out, enum child_errors errors) MUST_CHECK;
/*
 * The same of our own program, whatever stands under its name by now, CHILD_AT_TERMINAL; argv[0] is
 * what it is called.
 */
int child_run_self(const char *const argv[]) MUST_CHECK;
/*
 * Starts argv, which dies when we are killed, with a pipe from its standard
 * output; the reading end, or -errno.
 */
int child_open(const char *const argv[], enum child_errors errors, pid_t *pid) MUST_CHECK;
/* Waits for its end: the exit status, 128 + N: killed by signal N; or -errno. */
int child_wait(pid_t pid) MUST_CHECK;
/* The same with the status as waitpid(2) gives it. 0 or -errno. */
int child_end(pid_t pid, int *status) MUST_CHECK;
/*
 * fork(2), with all signals blocked on both sides until each has set *mask,
 * what it was before: none comes before they are ready for it. When it fails,
 * which it does with -errno, the mask is as before.
 */
pid_t child_fork(sigset_t *mask) MUST_CHECK;
/* In it: no handler is its parent's any more; what is ignored stays so. */
void child_catch_nothing(void);
/* Gets the signal when its parent dies. False: that one is gone already, or it cannot be had. */
bool child_dies_with(pid_t parent, int sig) MUST_CHECK;

#endif
