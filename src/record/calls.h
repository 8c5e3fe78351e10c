/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_CALLS_H
#define RECORD_CALLS_H
/* The two stops of one call, whichever it is: the table of handlers. */
#include "record/handler.h"

/* How a call comes to its entry. */
enum turn {
	TURN_NEW,
	TURN_FIRST, /* it has waited, and nobody is before it */
	TURN_FORCED, /* for long enough */
};

/* At its entry: how does it go on? */
enum next call_enter(struct recorder *r, struct task *task, const struct stop *stop,
	enum turn turn);
/* At its exit. */
void call_leave(struct recorder *r, struct task *task, const struct stop *stop);
/* The task died between the two: what it asked for may have happened. */
void call_lost(struct recorder *r, struct task *task, struct pending *p);
/*
 * What does it for an action of the table of calls; with an empty
 * one nothing does (a test asks for each).
 */
const struct handler *call_handler(enum action action);

#endif
