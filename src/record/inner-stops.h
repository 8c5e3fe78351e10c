/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_INNER_STOPS_H
#define RECORD_INNER_STOPS_H
/* A tracee of a tracer inside stops. */
#include <sched.h>

#include "record/inner.h"

/*
 * The stop has been served, or is a call's entry, which is served when it goes
 * on: does it belong to a tracer inside? Then it is not resumed.
 */
bool inner_takes(struct recorder *r, const struct stop *stop);
/* The task of this STOP_CHILD has made `child`, with these flags (clone(2)). */
void inner_child(struct recorder *r, const struct stop *stop, struct task *child, uint64_t flags);
/* At a STOP_EXEC, before another thread's task is dropped whose exec it was. */
void inner_exec(struct recorder *r, const struct stop *stop);
/* The task is gone; what is known of it is about to be. */
void inner_gone(struct recorder *r, struct task *task, int status);

#endif
