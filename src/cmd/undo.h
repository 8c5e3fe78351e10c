/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_UNDO_H
#define CMD_UNDO_H
/* What uninstall and rollback have in common: asking, telling, counting. */
#include "base/buf.h"
#include "cmd/cmd.h"

struct undo_options {
	bool dry, yes, force, verbose;
	int64_t superseded_by;
};

/* One of the options they share; false: it is none. */
bool undo_option(struct undo_options *o, const struct cmd_option *given);
#define UNDO_OPTIONS                                                                               \
	{ 'n', "dry-run", NULL, "say what would be done, do nothing" },                            \
	{ 'y', "yes", NULL, "do not ask" },                                                        \
	{ 0, "force", NULL, "also what was changed since" },                                       \
	{ 'v', "verbose", NULL, "name also what went well" }

/* What it is called: "removing", "Remove", "uninstalled". */
struct undo_words {
	const char *bar, *question, *done;
};

struct undo_telling {
	const char *bar;
	bool json, silent, all;
};

/*
 * An undo from its command line to its exit status. The command
 * itself calls the library with dry and how.
 */
struct undo {
	struct cmd_call *call;
	const struct undo_words *words;
	bool asks; /* first dry has to be run, into would, and undo_agreed() be asked */
	struct undo_telling quiet, telling;
	struct ba_undo dry, how;
	struct ba_undone would, result;
};

/* For struct ba_undo, and ba_commit: `data` is a struct undo_telling. */
void undo_step(const struct ba_step *s, void *data);
void undo_progress(uint64_t done, uint64_t total, void *data);
/* 0, or the exit status of a wrong call. */
int undo_begin(struct undo *u, struct cmd_call *call, const struct cmd *cmd,
	const struct undo_options *o, const struct undo_words *words);
/* Asks on the terminal. */
bool undo_agreed(struct undo *u);
/* "3 removed, 0 restored, 1 kept". */
void undo_say_counts(struct buf *out, const struct ba_undone *u);
/* It is done: what came of it is said. The exit status. */
int undo_end(struct undo *u);

#endif
