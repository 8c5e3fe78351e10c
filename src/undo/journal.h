/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_JOURNAL_H
#define UNDO_JOURNAL_H
/*
 * An undo is a run of its own: what it does is on record as anything else is,
 * and one that was interrupted is known by it.
 */
#include "store/run.h"
#include "undo/entry.h"

struct journal {
	struct db *db; /* our own connection; NULL: nothing is recorded (a dry run) */
	struct run run;
	int64_t of_run, exec, process; /* rows: the run that is undone, and ourselves */
};

/* Is the last undo of this kind of that run one that did not come to its end? */
bool journal_interrupted(struct db *db, int64_t of_run, const char *kind);

/* These are 0 or -errno; an undo that cannot be recorded goes no further. */
int journal_begin(struct journal *j, const char *db_path, const char *kind, int64_t of_run, struct words *words);
/* One path went from one side to the other. */
int journal_step(struct journal *j, const struct entry *e, const char *change, const struct side *from,
	const struct side *to);
/* Before a file is written in its place; on disk when it returns. */
int journal_place(struct journal *j, const struct entry *e);
/* The end; exit_status as the command's. */
int journal_end(struct journal *j, int exit_status);

#endif
