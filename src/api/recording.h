/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef API_RECORDING_H
#define API_RECORDING_H
/* A recording as it was asked for, and what is the same of a command's and of attaching. */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "api/ba.h"
#include "record/loop.h"
#include "store/writer.h"
#include "trace/filter.h"
#include "try/scene.h"

struct given_rule;
struct shared;

struct ba_recording {
	char *database, *label, *name, *version;
	struct given_rule *rules;
	size_t rule_count;
	bool wait_all, no_seccomp, allow_io_uring, children;
	bool trying;     /* in layers that nobody else sees */
	char *continues; /* the run whose layers those are; NULL: new ones */
	int64_t for_ns; /* attached: how long; 0: to the end */
	void (*summary)(const struct ba_summary *, void *);
	void *summary_data;

	/* While it records. */
	char db_path[PATH_MAX], cwd[PATH_MAX];
	int64_t asked_ns; /* when the recording was asked for */
	struct filter filter;
	bool heard; /* in the recorder: under a filter with a listener, no_seccomp is set */
	int64_t *run_id; /* in memory that the watcher sees, too */
	struct shared *shared; /* with the recorder, of ba_record_start(); or NULL */
	pid_t child;           /* the command that it started; 0: none */
	bool no_backup;
	uint64_t backup_limit;
	struct scene scene;
	struct buf scene_notes; /* what is not as outside there, a sentence a line */
	int database_folder;    /* the real one, held open; -1: not needed */
	struct recorder recorder;
	struct writer writer;
};

/*
 * All that can be known to fail before anything is begun; rec->cwd is the command's folder, ""
 * where it is not known. 0, or -errno with a sentence.
 */
int recording_prepare(struct ba_recording *rec, struct words *words) MUST_CHECK;
/* The default place of a database is made for the user; a folder that was named must be there. */
void recording_make_folder(const struct ba_recording *rec);
/* Opens the database, adds the run and starts its writer; argv as JSON. The same. */
int recording_open(struct ba_recording *rec, struct db **db, const char *argv,
	struct words *words) MUST_CHECK;
/* A run of which nothing came, after recording_open(), whether that succeeded or not. */
void recording_drop(struct ba_recording *rec, struct db *db);
/* What the recorder is told of it. */
struct recorder_setup recording_setup(struct ba_recording *rec);
/* On record: the tracer came to grief, and what came after is not there. */
void recording_failed(struct ba_recording *rec);
/* For writer_settle(); data is the recording. Hands the summary on. */
void recording_summary(const struct run_result *res, void *data);

#endif
