/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_LOOP_H
#define RECORD_LOOP_H
/* The front half at work, from the command's first stop to the end of the last task. */
#include "record/setup.h"

struct loop_end {
	/*
	 * Called when the command itself has ended, with how many processes are left: it makes the
	 * record whole and answers true, or false while it is still at it; the command's status is
	 * handed back after that.
	 */
	bool (*settle)(void *data, unsigned int alive);
	void *data;
};

/* Follows everything until the last task has ended. 0 or -errno. */
int recorder_loop(struct recorder *r, const struct loop_end *end) MUST_CHECK;

#endif
