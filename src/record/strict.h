/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_STRICT_H
#define RECORD_STRICT_H
/*
 * seccomp(2)'s strict mode. The kernel refuses it to a thread that has a
 * filter, and all have ours: so it is held to it here. All its calls stop, and
 * one that is not read, write, exit or sigreturn kills it.
 */
#include "record/recorder.h"

/* At the call that asks for it; where there is no filter of ours the kernel does it. */
void strict_begin(struct recorder *r, struct task *task);
/* At a call's entry: is it forbidden? Then the task is killed. */
bool strict_kills(const struct stop *stop);

#endif
