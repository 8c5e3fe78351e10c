/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_UNDOING_H
#define CMD_UNDOING_H
/* What uninstall and rollback have in common: asking, telling, counting. */
#include "base/buf.h"
#include "cmd/cmd.h"

struct undoing_options {
	bool dry, yes, force, verbose;
	int64_t superseded_by;
};

/* One of the options they share; false: it is none. */
bool undoing_option(struct undoing_options *o, const struct cmd_option *given);
#define UNDOING_OPTIONS                                                                     \
	{ 'n', "dry-run", NULL, "say what would be done, do nothing" },                     \
	{ 'y', "yes", NULL, "do not ask" },                                                 \
	{ 0, "force", NULL, "also what was changed since" },                                \
	{ 'v', "verbose", NULL, "name also what went well" }

/* What it is called: "removing", "Remove", "uninstalled". */
struct undoing_words {
	const char *acting, *question, *done;
};

struct undoing_telling {
	const char *acting; /* said before the bar when it is at that; NULL: it only looks */
	bool json, silent, all;
	unsigned int parts; /* so many have begun (ba_progress) */
	const char *part;   /* what the one that goes on is called */
};

/*
 * An undo from its command line to its exit status. The command
 * itself calls the library with dry and how.
 */
struct undoing {
	struct cmd_call *call;
	const struct undoing_words *words;
	bool asks; /* first dry has to be run, into would, and undoing_agreed() be asked */
	struct undoing_telling quiet, telling;
	struct ba_undo dry, how;
	struct ba_undone would, result;
};

/* For struct ba_undo: `data` is a struct undoing_telling; the step for struct ba_commit, too. */
void undoing_step(const struct ba_step *s, void *data);
void undoing_progress(uint64_t done, uint64_t total, void *data);
/* 0, or the exit status of a wrong call. */
int undoing_begin(struct undoing *u, struct cmd_call *call, const struct cmd *cmd,
	const struct undoing_options *o, const struct undoing_words *words);
/* Asks on the terminal. */
bool undoing_agreed(struct undoing *u);
/* "3 removed, 0 restored, 1 kept". */
void undoing_say_counts(struct buf *out, const struct ba_undone *u);
/* It is done: what came of it is said. The exit status. */
int undoing_end(struct undoing *u);

#endif
