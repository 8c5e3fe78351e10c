/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H
/*
 * Events -> rows. The sink's calls only copy into a queue; a thread of its own
 * writes them, a transaction at least every half second, so that the tracer
 * never waits for a disk.
 */
#include <pthread.h>
#include <signal.h>

#include "base/ring.h"
#include "model/scope.h"
#include "model/sink.h"
#include "store/apply.h"
#include "store/result.h"

struct writer {
	struct sink sink; /* first: a sink pointer is a writer pointer */
	struct run run;
	struct apply apply;
	const struct scope *scope;
	struct ring ring;
	pthread_t thread;
	int error; /* the first failure; after it everything is dropped */
	/* when the manifest was made last, and how long that took; monotonic */
	int64_t settled_ns, settling_ns;
	int64_t settled_events, looked_ns;

	/* between the two threads */
	pthread_mutex_t lock;
	pthread_cond_t on_disk;
	bool secure_asked; /* the tracer waits until all so far is on disk */
	bool settle_asked, settle_whole, settle_done, finish_asked;
	int64_t whole_ns;
	_Atomic bool lost; /* not all that was changed could be told */
	bool closed; /* the run's state is set, and nothing came since */
	struct run_result result;
	struct { void (*done)(const struct run_result *, void *); void *data; } summary;
};

/* Adds the run and starts the thread; scope must outlive it. 0 or -errno with a sentence. */
int writer_start(struct writer *w, struct db *db, const struct run_facts *facts,
	const struct scope *scope, struct words *words) MUST_CHECK;
/*
 * All that was told so far becomes the manifest; `summary` is called from the
 * writer's thread before it counts as done. With no process left alive the run
 * is marked as complete, too. True when all that is done; otherwise SIGCHLD is
 * sent to the process when it is.
 */
bool writer_settle(struct writer *w, unsigned int alive,
	void (*summary)(const struct run_result *, void *), void *data);
/* The end: settles what came since, marks the run, stops the thread. */
int writer_finish(struct writer *w) MUST_CHECK;

#endif
