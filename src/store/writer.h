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
#include "base/u64map.h"
#include "model/scope.h"
#include "model/sink.h"
#include "store/early.h"
#include "store/sql.h"

struct run_facts {
	const char *label;     /* or NULL */
	const char *argv, *cwd; /* argv: a JSON array */
	const char *kind;      /* NULL for a command */
	int64_t of_run;        /* 0: none */
	uid_t uid;
	const struct scope *scope; /* must outlive the writer */
};

/* What the end of a run comes to; counts leave excluded paths out. */
struct run_result {
	int64_t run_id;
	int64_t created, modified, removed, excluded, processes;
	int64_t duration_ns;
	int status;        /* wait(2)'s */
	unsigned int left; /* processes that are alive still */
	int error;         /* the record is not whole: 0, or the -errno that broke it */
	char excluded_below[4096]; /* a folder that holds all that is excluded, or "" */
};

struct id_list {
	int64_t *ids;
	size_t count;
};

struct writer {
	struct sink sink; /* first: a sink pointer is a writer pointer */
	struct db *db;
	const struct scope *scope;
	struct ring ring;
	pthread_t thread;
	int64_t run_id, started_ns;
	struct id_list processes, execs; /* the run's numbers -> rows */
	/* file -> the exec that last wrote it, that last changed anything of it, that changed it in place */
	struct id_list contents, touchers, in_place;
	struct u64map paths;             /* path -> row */
	struct early early;
	int64_t sequence;
	char *notes;
	bool notes_changed, in_transaction;
	int error; /* the first failure; after it everything is dropped */
	int64_t last_commit_ns;
	int64_t events; /* written so far */

	/* between the two threads */
	pthread_mutex_t lock;
	bool settle_asked, settle_whole, settle_done, finish_asked;
	int64_t whole_ns;
	bool closed; /* the run's state is set, and nothing came since */
	struct run_result result;
	struct { void (*done)(const struct run_result *, void *); void *data; } summary;
};

/* Adds the run and starts the thread. 0 or -errno with a sentence. */
int writer_start(struct writer *w, struct db *db, const struct run_facts *facts, struct words *words);
/*
 * All that was told so far becomes the manifest; `summary` is called from the
 * writer's thread before it counts as done. With no process left alive the run
 * is marked as complete, too. True when all that is done; otherwise SIGCHLD is
 * sent to the process when it is.
 */
bool writer_settle(struct writer *w, unsigned int alive, void (*summary)(const struct run_result *, void *), void *data);
/* The end: settles what came since, marks the run, stops the thread. */
int writer_finish(struct writer *w);

/* For apply.c and finish.c, on the writer's thread. */
int writer_apply(struct writer *w, const void *message);
int writer_begin(struct writer *w);
int writer_commit(struct writer *w);
int64_t writer_path_id(struct writer *w, const char *path, size_t len);
int writer_manifest(struct writer *w);
void writer_note(struct writer *w, const char *text);

#endif
