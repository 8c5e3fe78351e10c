/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACE_WAIT_H
#define TRACE_WAIT_H
/*
 * Which task's stop is served next.
 *
 * wait(2) for any task looks at them in a fixed order, the one made last
 * first. Two of the first that stop again as soon as they are let go, because
 * they poll for something, would then be served for ever, and the one they
 * wait for never. So all that have stopped are taken together, and each is
 * served before any is asked for again.
 */
#include "trace/tasks.h"

void wait_release(struct reports *r);

/*
 * The next report: 1, or 0 when no task is left, or -errno. As
 * tracer_next, which is all that calls it.
 */
int wait_next(struct tracer *t, struct report *report, int timeout_ms);

/* All that have stopped, or ended, are taken now. As tracer_reap, which is all that calls it. */
void wait_reap(struct tracer *t);

#endif
