/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_SETUP_H
#define RECORD_SETUP_H
/* A recorder, from what it was asked for to its end. */
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
/* What can be told of mounts in the end only. */
void recorder_tell_mounts(struct recorder *r);
void recorder_release(struct recorder *r);

#endif
