/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_RUN_H
#define STORE_RUN_H
/*
 * One run in the database, for who makes it: the recorder's writer and an undo
 * each have one. Its row and those of what was told of it are written here; what
 * its entries come to by that is found elsewhere (store/manifest.c,
 * undo/journal.c), in transactions that begin and end here. It belongs to one
 * thread.
 *
 * Rows are added inside transactions that every adding call begins by itself;
 * run_commit() ends one. Functions return 0 (or a row's number) or -errno.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/u64map.h"
#include "model/sink.h"
#include "store/sql.h"

/* What is known of a run when it begins. */
struct run_facts {
	const char *label;      /* or NULL */
	const char *name, *version; /* of what is installed; or NULL */
	const char *argv, *cwd; /* argv: a JSON array */
	const char *kind;       /* NULL: a command; else which undo it is */
	int64_t of_run;         /* the run that is undone; 0: none */
	int64_t started_ns;     /* since 1970; 0: now. What is born later is of the run's making */
	const char *scene;      /* the layers that it changes (try/scene.h); NULL: the disk */
	uid_t uid;
};

struct run {
	struct db *db; /* not ours to close */
	int64_t id, started_ns;
	int64_t sequence;    /* the number of the last event, over all runs */
	int64_t heartbeat_s; /* until then we shall have been heard of again */
	/* the last commit, and the last that waited for the disk; monotonic */
	int64_t committed_ns, synced_ns;
	bool in_transaction;
	bool unsynced; /* there are commits that may not be on disk yet */
	char *notes; /* a sentence a line, or NULL */
	bool notes_changed;
	struct u64map paths; /* a path's hash -> its row */
};

/* One that has no row yet. */
void run_init(struct run *run, struct db *db);
/*
 * Adds it: its row is there, state `running`, when this returns, or with the transaction that was
 * begun before.
 */
int run_add(struct run *run, const struct run_facts *facts, int64_t heartbeat_s) MUST_CHECK;
/* One that came to no end is gone on with. 0, -ENOENT: it is none that should be, or -errno. */
int run_reopen(struct run *run, struct db *db, int64_t id) MUST_CHECK;
/* Frees what the run holds; its rows stay. */
void run_release(struct run *run);

/* Begins a transaction, if none is open, after every other auditor's turn. */
int run_begin(struct run *run) MUST_CHECK;
/* The same where nothing is lost if there is none: -EBUSY, somebody holds the database for long. */
int run_try_begin(struct run *run) MUST_CHECK;
/* Ends it, with the notes and a heartbeat; without one there is nothing to do. */
int run_commit(struct run *run) MUST_CHECK;
/* The same, when one has been open for long: others have their turn, and the log stays small. */
int run_commit_if_due(struct run *run) MUST_CHECK;
/* The same as run_commit(), and all so far is on the disk. */
int run_sync(struct run *run) MUST_CHECK;
/* Has what was committed not been on the disk for long? */
bool run_sync_is_due(const struct run *run);
/* Gives up what is not committed, and forgets the rows of paths: some may have gone with it. */
void run_abandon(struct run *run);
/* Says that we are still there, when that is due. */
int run_beat(struct run *run) MUST_CHECK;
/* Only by then we shall have been heard of again: on record when this returns. */
int run_promise(struct run *run, int64_t heartbeat_s) MUST_CHECK;

/* A sentence for the notes; the same one is kept once. */
void run_note(struct run *run, const char *text);
/* The row of a path, made at first sight. */
int64_t run_path_id(struct run *run, const char *path) MUST_CHECK;
/* The rows that others point to by their number; a NULL pointer is none. */
int64_t run_process(struct run *run, const struct process_begin *p, const int64_t *parent,
	const int64_t *exec) MUST_CHECK;
int run_process_end(struct run *run, int64_t process, int64_t at, int status) MUST_CHECK;
int64_t run_exec(struct run *run, const struct exec_begin *e, int64_t process,
	const int64_t *copy_of) MUST_CHECK;
/* One event of that exec. */
int run_event(struct run *run, const struct event *e, int64_t exec) MUST_CHECK;

/* What stood at a path before its first change, what was kept of a file, which file is where. */
int run_touch(struct run *run, const struct touch *t) MUST_CHECK;
int run_original(struct run *run, const struct original *o) MUST_CHECK;
int run_place(struct run *run, const char *path, uint32_t file) MUST_CHECK;
/* What was told so far of the folder and of all below it is out of sight (model/sink.h). */
int run_hide(struct run *run, const char *folder) MUST_CHECK;
int run_alias(struct run *run, uint32_t file, const char *path) MUST_CHECK;

/* The command ended, with wait(2)'s status; -1: it runs on, and its end will not be known. */
int run_ended(struct run *run, int64_t at, int status) MUST_CHECK;
/* Counts what the run's rows come to, for view `runs`. */
int run_count(struct run *run) MUST_CHECK;
/* Its entries (any: it has some) were held against the disk, now: what it left is its own. */
int run_settled(struct run *run, bool any) MUST_CHECK;
/* The last word: state is `complete` or `incomplete`. */
int run_close(struct run *run, const char *state) MUST_CHECK;
/* It did nothing, and so there was none: its rows go, and that is committed. */
int run_drop(struct run *run) MUST_CHECK;

/*
 * Of another run, in the transaction of the commit that put it in its place: its entries were
 * settled with those of the commit. What its processes did is what it was.
 */
int run_committed(struct db *db, int64_t run_id, int64_t commit_id) MUST_CHECK;

#endif
