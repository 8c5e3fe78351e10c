/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_PACK_H
#define CMD_PACK_H
/* What the commands that make a package have in common. */
#include "cmd/cmd.h"
#include "format/package.h"

/* A row of package/options.h as one of ours. */
#define PACKAGE_OPTION(letter, name, value, help, kept, types, kind) { letter, name, value, help },

/*
 * Records argv in a child (which becomes it) and waits, with what the terminal
 * sends left to the command; summary is told of the record, in another process.
 * Where there is a record decide() (or NULL), told of the status as wait(2) gives it, may have
 * another end than 0 for it. A command that fails is our end, too; else then() is called with the
 * run, in the database db (NULL: the usual one). An exit status: decide()'s, or then()'s.
 */
int record_and_then(struct ba_recording *rec, char **argv,
	void (*summary)(const struct ba_summary *, void *), const char *db,
	int (*decide)(const char *db, int64_t run, int status),
	int (*then)(struct ba *, int64_t, void *), void *data);
/* As then(): packs the run by a struct package_options; ->written is the package. */
int pack_run(struct ba *ba, int64_t run, void *options);
/*
 * Its first half: the status as wait(2) gives it, and the number of the run; -1 after saying why.
 */
int record_and_wait(struct ba_recording *rec, char **argv,
	void (*summary)(const struct ba_summary *, void *), const char *db, int64_t *run);
/* The database (NULL: the usual one), to be written to; NULL after saying why. */
struct ba *pack_open(const char *db);

#endif
