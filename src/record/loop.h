/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_LOOP_H
#define RECORD_LOOP_H
/* The front half at work, from the command's first stop to the end of the last task. */
#include "record/recorder.h"

/* What a recording was asked for. */
struct recorder_setup {
	struct sink *sink;
	const char *db_path; /* what is kept is beside it */
	int64_t run_id;
	int64_t asked_ns;    /* when */
	bool allow_io_uring, wait_all, no_backup, no_rights, trying;
	uint64_t backup_limit;
};

/*
 * The command is traced (tracer_seize), the scope is known, and the run is in the
 * database: from here on what the command does is told to the sink. 0 or -errno.
 */
int recorder_begin(struct recorder *r, const struct recorder_setup *setup) MUST_CHECK;

/* What is the same of all recordings: all of the above but the first process. 0 or -errno. */
int recorder_set(struct recorder *r, const struct recorder_setup *setup) MUST_CHECK;
/* One stop, as the tracer gave it, and those whose turn has come by it. 0 or -errno. */
int recorder_serve(struct recorder *r, const struct stop *stop) MUST_CHECK;
/* What can be told of mounts in the end only. */
void recorder_tell_mounts(struct recorder *r);

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
void recorder_release(struct recorder *r);

#endif
