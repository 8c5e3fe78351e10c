/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORT_GATHER_H
#define REPORT_GATHER_H
/* The rows of a run, or of all runs of an install, as the tables of the page's data. */
#include <stdbool.h>
#include <stdint.h>

#include "base/u64map.h"
#include "buildaudit.h"
#include "report/squeeze.h"

struct gather {
	struct ba *ba;
	int64_t subject;
	const char *name; /* of an install; NULL: the subject is a run */
	bool redact;
	struct squeeze *to;
	/* Numbers of the database to places in the tables. */
	struct u64map runs, processes, execs, files;
	int64_t *started; /* of each run, ns since 1970 */
	size_t count;     /* runs */
	size_t secrets;   /* what was masked, or would be */
	unsigned int step;        /* which of the tables */
};

#define GATHER_STEPS 6

/* The commands, and their processes. 0; or below after saying why. */
int gather_runs(struct gather *g) MUST_CHECK;
int gather_processes(struct gather *g) MUST_CHECK;
void gather_release(struct gather *g);

/* The place of a number in one of those tables, or -1. */
int64_t gather_place(const struct u64map *map, int64_t number);
/* It gets the next place. 0 or -1. */
int gather_add(struct u64map *map, int64_t number) MUST_CHECK;
/* A command line, masked where that was asked for, as JSON. */
void gather_argv(struct gather *g, const char *json, struct buf *out);
/* Microseconds from the begin of the run that has this place. */
int64_t gather_time(const struct gather *g, int64_t run, int64_t ns);
/*
 * The next row; how far that is of this table is shown, where a person waits. 1, 0: no more, or
 * -errno; -ECANCELED: somebody wants it to end.
 */
int gather_next(struct gather *g, struct ba_rows *rows, uint64_t done, uint64_t total) MUST_CHECK;
/* What the library says; -1. */
int gather_failed(const struct gather *g);

static inline void free_rowsp(struct ba_rows **rows)
{
	ba_rows_free(*rows);
}
#define _cleanup_ba_rows_ _cleanup_(free_rowsp)

#endif
