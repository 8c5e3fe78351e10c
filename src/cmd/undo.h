/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_UNDO_H
#define CMD_UNDO_H
/* What uninstall and rollback have in common: asking, telling, counting. */
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

struct undo_verb {
	const char *bar, *question, *done; /* "removing", "Remove", "uninstalled" */
	int (*undo)(struct ba *ba, int64_t run_id, const struct ba_undo *how, struct ba_undone *result);
};

/* The exit status. */
int undo_run(struct cmd_call *call, const struct cmd *cmd, const struct undo_options *o,
	const struct undo_verb *verb);

#endif
