/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_HANDLER_H
#define RECORD_HANDLER_H
/* What is done at the stops of one kind of call. */
#include "record/recorder.h"

/* What follows a call's entry stop. */
enum next {
	NEXT_GO,     /* nothing to learn: no exit stop */
	NEXT_EXIT,   /* nothing either, but an argument is to be put back at its exit */
	NEXT_FOLLOW, /* the exit stop tells whether it succeeded */
	NEXT_WAIT,   /* it stays at its entry (turns.h), and enters again */
};

struct handler {
	enum op op;
	/* Asks what stands there before. */
	enum next (*enter)(struct recorder *r, struct task *task, struct pending *p);
	/* Only for a call that succeeded: tells the sink what is there now. */
	void (*leave)(struct recorder *r, struct task *task, struct pending *p, int64_t result);
	/* The task died between the two: what it asked for may have happened. The manifest asks
	 * the disk, so it is enough to name the places. */
	void (*lost)(struct recorder *r, struct pending *p);
	/* Or NULL. For a call whose doing shows: was it done? Then it leaves like any other. */
	bool (*shows)(const struct pending *p);
	/*
	 * Or NULL. The entry is done, and the call is about to be made; it
	 * has come to an end, whatever that is.
	 */
	void (*begins)(struct recorder *r, struct pending *p);
	void (*ends)(struct recorder *r, struct pending *p);
};

#endif
