/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_FILES_H
#define UNDO_FILES_H
/*
 * The files of a life. Each run counts those that it meets from 1; here one keeps its number from
 * run to run. By it is known what a run kept of a file that an earlier one had only moved, and
 * where a file stood that cannot go back there for now.
 */
#include "base/u64map.h"
#include "undo/entry.h"

struct files {
	struct u64map numbers; /* a run's number of a file -> ours */
	uint32_t *same_as;     /* ours - 1 -> the one that it turned out to be */
	size_t count;
	struct kept *kept;
	size_t kept_count;
	struct u64map kept_of; /* ours -> 1 + the last of these of it */
	struct home *homes;
	size_t home_count;
	struct u64map home_of; /* ours -> 1 + the first of these of it */
	struct u64map names_of; /* ours -> how many it had, where several runs took some each */
};

/* In *number a run's number becomes ours; 0 stays. 0 or -ENOMEM. */
int files_number(struct files *f, int64_t run_id, uint32_t *number) MUST_CHECK;
/* Two of our numbers are one file's: two paths had each given it one before a third told. */
void files_join(struct files *f, uint32_t number, uint32_t other);

/* What run_id kept of what it found at e's path. 0 or -ENOMEM. */
int files_keep(struct files *f, int64_t run_id, const struct entry *e) MUST_CHECK;
/* What run_id found at e's path stood there before, and another's stands there now. The same. */
int files_leave_home(struct files *f, int64_t run_id, const struct entry *e) MUST_CHECK;

/* All of these have been told: what follows is asked then. The same. */
int files_settle(struct files *f) MUST_CHECK;
/* The one number of a file that may have had several. */
uint32_t files_known_as(const struct files *f, uint32_t number);
/*
 * How many names e's file had, of which several runs took some; and
 * where the first run that e tells of, since, kept nothing of what it only moved or chmodded:
 * who changed or took it later had to, wherever it stood by then. The same.
 */
int files_borrow(const struct files *f, struct entry *e, int64_t since) MUST_CHECK;
/* Did one of ours stand somewhere else before, where something else has to be now? */
bool files_has_home(const struct files *f, uint32_t file);
/* Sets e's home, where what stands at its path is the last of it. The same. */
int files_find_home(const struct files *f, struct entry *e) MUST_CHECK;
void files_release(struct files *f);

#endif
