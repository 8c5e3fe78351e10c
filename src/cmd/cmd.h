/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_CMD_H
#define CMD_CMD_H
/*
 * A subcommand: one file src/cmd/cmd-NAME.c with one entry, listed in commands.c.
 * Its help is printed from the entry; main opens the database before run() as
 * the flags say, so no command does.
 */
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>

#include "buildaudit.h"
#include "render/say.h"

enum cmd_flags {
	CMD_DB_READ = 1,
	CMD_DB_WRITE = 2,
	CMD_RUN = 4,  /* takes one RUN, the default is the latest */
	CMD_JSON = 8, /* takes --json */
	CMD_PATHS = 16, /* with CMD_RUN: PATHs besides, which are left as the arguments */
	CMD_WORDS = 32, /* with CMD_RUN: what is no RUN is left, too */
	CMD_PAGED = 64, /* what it prints goes through a pager on a terminal */
	CMD_COMMAND = 128, /* its words are a command; a database need not be there */
	CMD_LOOKS = 256, /* with CMD_RUN: at what the run left, which may be staged */
	/* it reads its words itself, all of them: argv[0] is its name; db may be NULL */
	CMD_OWN_OPTIONS = 512,
};

enum {
	EXIT_NO = 1,
	EXIT_USAGE = 2,
	EXIT_FAILED = 125,
	EXIT_CANNOT_EXEC = 126,
	EXIT_NOT_FOUND = 127
};

struct cmd_option {
	char letter;       /* 0: only the long form */
	const char *name;  /* without the dashes */
	const char *value; /* its name in the help; "[=N]": may be left out; NULL: takes none */
	const char *help;
};

/* What main has read before run(). */
struct cmd_call {
	struct ba *ba;
	const char *db; /* the file */
	int64_t run;      /* below 0: an install */
	char what[NAME_MAX + 1]; /* "run 5", or the install's name */
	bool json;
	bool named; /* by the subcommand's name, or "--": what follows is no subcommand */
	int argc;   /* what is left: the arguments */
	char **argv;
};

struct cmd {
	const char *name, *usage, *help;
	unsigned int flags;
	const struct cmd_option *options; /* ends with an entry without a name */
	/* One option of the list; 0, or EXIT_USAGE after saying why. */
	int (*option)(const struct cmd_option *o, const char *value);
	int (*run)(struct cmd_call *call); /* the exit status */
};

extern const struct cmd cmd_run_entry, cmd_runs_entry, cmd_files_entry, cmd_who_entry,
	cmd_tree_entry, cmd_events_entry, cmd_sql_entry, cmd_manifest_entry, cmd_verify_entry,
	cmd_uninstall_entry, cmd_rollback_entry, cmd_finish_entry, cmd_diff_entry, cmd_forget_entry,
	cmd_package_entry, cmd_checkinstall_entry, cmd_help_entry, cmd_version_entry,
	cmd_list_entry, cmd_owner_entry, cmd_show_entry, cmd_export_entry,
	cmd_report_entry, cmd_try_entry, cmd_commit_entry, cmd_discard_entry;

/* A usage error: what is wrong, and the usage line. Returns EXIT_USAGE. */
int cmd_misuse(const struct cmd *cmd, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The library failed: its words. Returns EXIT_FAILED. */
int cmd_failed(const struct cmd_call *call);
/* Says what a person should know before the command is recorded, if anything. */
void cmd_warn_before(const struct ba_recording *rec, const char *command);
/*
 * The options that many subcommands have, place by place: NULL, no more; one without a name, this
 * one has it not.
 */
const struct cmd_option *cmd_common(const struct cmd *cmd, size_t place);
/* Those that may stand before a subcommand besides --db, place by place; NULL: no more. */
const struct cmd_option *cmd_leading(size_t place);
/* --color=WHEN or --no-pager. 0, or EXIT_USAGE after saying why. */
int cmd_option_common(const char *name, const char *value);
/* Is call->run in that state (view runs)? */
bool cmd_run_is(struct cmd_call *call, const char *state);
/*
 * Options, database, run(); argv[0] is the subcommand's name, NULL where none was given. Returns
 * the exit status.
 */
int cmd_main(const struct cmd *cmd, int argc, char **argv, const char *db);
/* --json for any answer; frees it. Returns the exit status. */
int cmd_print_json(const struct cmd_call *call, struct ba_rows *rows);

#endif
