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
	bool ended;
	bool gives_up; /* an install goes: what others have by now is not its any more */
	bool resumed; /* one of this kind did not come to its end, and none after it */
	/* rows: the run that is undone, of an install the newest; and ourselves */
	int64_t of_run, exec, process;
	int64_t subject; /* the run that is undone, or the install */
};

/* The run by whose number an undo of a run, or of an install, goes. */
int64_t journal_run(struct db *db, int64_t subject);
/*
 * A run of it whose record may lack its last moments: nobody can say that all of it is taken back.
 * Or 0.
 */
int64_t journal_incomplete(struct db *db, int64_t subject);
/* Is there an undo of this kind of that run that did not come to its end, and none after it did? */
bool journal_interrupted(struct db *db, int64_t of_run, const char *kind);
/* -EBUSY, with a sentence: an undo is under way on this database, now. Else 0. */
int journal_idle(struct db *db, struct words *words) MUST_CHECK;

/*
 * These are 0 or -errno; an undo that cannot be recorded goes no further. One
 * at a time: -EBUSY, another one is under way.
 */
int journal_begin(struct journal *j, const char *db_path, const char *kind, int64_t subject,
	struct words *words) MUST_CHECK;
/*
 * Something is about to be changed. Until then it has no process on record, by which one that was
 * killed over its plan is known: it has done nothing, and goes. On disk when this returns.
 */
int journal_act(struct journal *j) MUST_CHECK;
/* One path went from one side to the other. */
int journal_step(struct journal *j, const struct entry *e, const char *change,
	const struct side *from, const struct side *to) MUST_CHECK;
/* The same of what an interrupted try did: no event of ours tells of it. */
int journal_found(struct journal *j, const struct entry *e, const char *change,
	const struct side *from, const struct side *to) MUST_CHECK;
/* What the run had done there is taken back, or was so already: it is not the run's any more. */
int journal_undone(struct journal *j, const struct entry *e) MUST_CHECK;
/* It will be written in its place; on disk when journal_sync() returns. */
int journal_place(struct journal *j, const struct entry *e, enum begun what) MUST_CHECK;
int journal_sync(struct journal *j) MUST_CHECK;
/* None is any more, but those that are said to be after this. */
int journal_places_end(struct journal *j) MUST_CHECK;
/* The end: on disk when it returns; exit_status as the command's. */
int journal_end(struct journal *j, int exit_status) MUST_CHECK;
/* The same without a word: the next one goes on from here; one that did nothing goes. */
void journal_break(struct journal *j);
/* Nothing was done, and so there was none. */
void journal_drop(struct journal *j);

#endif
