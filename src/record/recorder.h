/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_RECORDER_H
#define RECORD_RECORDER_H
/*
 * The front half in one struct: it follows the command and tells a sink.
 */
#include <limits.h>

#include "model/scope.h"
#include "model/sink.h"
#include "record/keep.h"
#include "record/lives.h"
#include "record/pending.h"
#include "record/touches.h"
#include "record/turns.h"
#include "resolve/path.h"
#include "trace/filter.h"
#include "trace/tracer.h"

struct recorder {
	struct tracer tracer;
	struct resolver resolver;
	struct lives lives;
	struct touches touches;
	struct turns turns;
	bool may_wait, has_to; /* the call at its entry: for one that is under way */
	struct keeper keeper;
	bool secured;         /* the run itself is on disk: what is kept has somebody to belong to */
	struct spared spared; /* of the call at its entry stop; goes with its struct pending */
	struct sink *sink;
	struct overlay_folder *overlays; /* what the run mounts over (overlay.c) */
	bool proc_lost; /* /proc was unmounted, and that is told */
	bool mounts_told; /* what only the end can tell of mounts was told when the command ended */
	struct scope scope;
	bool allow_io_uring;
	/* Calls that may change what a name leads to (places.h): how many are under way, and have begun. */
	unsigned int shifting;
	uint64_t shifts;
	unsigned int unnamed; /* calls under way that have named what was not there */
	bool wait_all; /* hold the command's status until its last descendant has ended */
	char text[PATH_MAX]; /* scratch: a name as the tracee gave it */
};

/* What follows a call's entry stop. */
enum next {
	NEXT_GO,     /* nothing to learn: no exit stop */
	NEXT_FOLLOW, /* the exit stop tells whether it succeeded */
	NEXT_WAIT,   /* it stays at its entry (turns.h), and enters again */
};

/* How a call comes to its entry. */
enum turn {
	TURN_NEW,
	TURN_FIRST, /* it has waited, and nobody is before it */
	TURN_FORCED, /* for long enough */
};

/* The two stops of a call (calls.c). */
enum next call_enter(struct recorder *r, struct task *task, const struct stop *stop, enum turn turn);
void call_leave(struct recorder *r, struct task *task, const struct stop *stop);
/* The task died between the two: what it asked for may have happened. */
void call_lost(struct recorder *r, struct task *task, struct pending *p);

/* How calls that change no file are handled (odd.c). */
enum next enter_io_uring(struct recorder *r, struct task *task, struct pending *p);
enum next enter_clone(struct recorder *r, struct task *task, struct pending *p);
enum next enter_namespace(struct recorder *r, struct task *task, struct pending *p);
enum next enter_mount(struct recorder *r, struct task *task, struct pending *p);
void leave_mount(struct recorder *r, struct task *task, struct pending *p, int64_t result);
void lost_mount(struct recorder *r, struct pending *p);
/* Without /proc nothing can be named: if it is gone, the record says so. */
void check_proc(struct recorder *r);
enum next enter_seccomp(struct recorder *r, struct task *task, struct pending *p);
enum next enter_ptrace(struct recorder *r, struct task *task, struct pending *p);

/* Upper and work folders of overlays that the run mounts (overlay.c). */
void overlay_mount(struct recorder *r, const struct task *task, const struct call *c);
enum next enter_mount_option(struct recorder *r, struct task *task, struct pending *p);
void overlay_tell(struct recorder *r);
void overlay_release(struct recorder *r);

/* The filter's rules, from the table of calls (rules.c). 0 or -errno. */
int rules_build(struct filter *f);

/*
 * Follows everything until the last task has ended (loop.c). `settle` is
 * called when the command itself has ended: it makes the record whole and
 * answers true, or false while it is still at it; the command's status is
 * handed back after that.
 */
struct loop_end {
	bool (*settle)(void *data, unsigned int alive); /* how many processes are left */
	void *data;
};
int recorder_loop(struct recorder *r, const struct loop_end *end);
void recorder_release(struct recorder *r);

#endif
