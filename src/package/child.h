/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_CHILD_H
#define PACKAGE_CHILD_H
/* The tools of the package managers, run as children. No shell is asked. */
#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

enum child_errors { CHILD_SHOWN, CHILD_HIDDEN, CHILD_TO_OUT };

/*
 * Runs argv and waits. With out, its standard output goes there, and it dies
 * when we are killed; without, it is a command of its own, which goes on. Its
 * standard error is ours, goes nowhere, or goes where its output goes. Its exit
 * status (127: there is no such program, 128 + N: killed by signal N), or -1
 * after saying why.
 */
int child_run(const char *const argv[], struct buf *out, enum child_errors errors);
/*
 * Starts argv, which dies when we are killed, with a pipe from its standard
 * output; the reading end, or -1 after saying why.
 */
int child_open(const char *const argv[], enum child_errors errors, pid_t *pid);
/* The folder that children are told to make their temporary files in; NULL: where they will. */
void child_tmp(const char *folder);
/* The exit status of a child, as child_run gives it. */
int child_wait(pid_t pid);
/* Is there such a program in the path? */
bool child_there(const char *program);
/* -1 after saying which package has the program when it is not there, else 0. */
int child_needed(const char *program, const char *what_for, const char *package);

#endif
