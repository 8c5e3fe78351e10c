/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_AWAIT_H
#define CMD_AWAIT_H
/* A command is recorded and waited for, then its run is gone on with: packed, or asked about. */
#include "buildaudit.h"

/* What is called on the way, each with `data`. */
struct awaiting {
	/* Told of the record, in another process. */
	void (*summary)(const struct ba_summary *s, void *data);
	/* Or NULL. Told of the same in this process, after it. */
	void (*recorded)(const struct ba_summary *s, void *data);
	/*
	 * Or NULL. Where there is a record: told of the status as wait(2) gives it, it may have
	 * another end than 0 for it.
	 */
	int (*decide)(const char *db, int64_t run, int status, void *data);
	int (*then)(struct ba *ba, int64_t run, void *data);
	void *data;
};

/*
 * Records argv in a child (which becomes it) and waits, with what the terminal sends left to the
 * command. The status as wait(2) gives it, and the number of the run, 0: there is no record; -1
 * after saying why.
 */
int await_end(struct ba_recording *rec, char **argv, const struct awaiting *who, int64_t *run);
/*
 * The same, and goes on. A command that fails is our end, too; else then() is called, in the
 * database db (NULL: the usual one). An exit status: decide()'s, or then()'s.
 */
int await_and_go_on(struct ba_recording *rec, char **argv, const char *db,
	const struct awaiting *who);
/* The database (NULL: the usual one) in which it was recorded; NULL after saying why. */
struct ba *await_open(const char *db);

#endif
