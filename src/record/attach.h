/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_ATTACH_H
#define RECORD_ATTACH_H
/*
 * Processes that ran before us: found as they are, followed, and let go
 * again. All of it on the thread that traces (trace/attach.h).
 */
#include "record/setup.h"

/* Seizes the process; with `children`, also all that descend from it. 0 or -errno. */
int attach_seize(struct recorder *r, pid_t pid, bool children) MUST_CHECK;

/*
 * What was seized stops for a moment: it is told to the sink with what it has open, and goes on
 * recorded. What it does in setup->asked_ns or before is not on record. 0 or -errno.
 */
int attach_begin(struct recorder *r, struct recorder_setup *setup) MUST_CHECK;

/* How it ended. */
struct attach_end {
	pid_t first;     /* of this process: */
	int status;      /* as wait(2) gives it; -1: it runs on */
	unsigned int left; /* processes that run on */
};

/*
 * Follows all of them until the last has ended, a signal asks for the end, or until_ns by the
 * monotonic clock (0: never). What runs on then is let go when this thread ends. 0 or -errno.
 */
int attach_loop(struct recorder *r, int64_t until_ns, struct attach_end *end) MUST_CHECK;

#endif
