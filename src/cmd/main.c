/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "cmd/cmd.h"
#include "render/text.h"

static const struct cmd *const commands[] = {
	&cmd_run_entry,
	&cmd_runs_entry,
	&cmd_files_entry,
	&cmd_who_entry,
	&cmd_tree_entry,
	&cmd_events_entry,
	&cmd_manifest_entry,
	&cmd_verify_entry,
	&cmd_uninstall_entry,
	&cmd_rollback_entry,
	&cmd_diff_entry,
	&cmd_sql_entry,
	&cmd_package_entry,
	&cmd_checkinstall_entry,
	&cmd_finish_entry,
	&cmd_forget_entry,
};

static void print_help(FILE *out)
{
	size_t i;

	fputs("usage: buildaudit [-d DB] [run options] [--] COMMAND [ARG...]\n"
	      "       buildaudit [-d DB] SUBCOMMAND [options] [RUN]\n"
	      "\n"
	      "Records what a command, and everything it starts, changes in the file tree.\n"
	      "\n",
		out);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-12s %.*s\n", commands[i]->name,
			(int)strcspn(commands[i]->help, "\n"), commands[i]->help);
	fputs("\n"
	      "RUN is a number, a label, or latest (the newest command, past any undo), which is\n"
	      "also what no RUN means. -V, --version tells the version.\n"
	      "'buildaudit SUBCOMMAND -h' tells of each; 'man buildaudit' of all.\n",
		out);
}

static const struct cmd *find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

/* -d before the subcommand: how many words it took, 0 when it is not there. */
static int leading_db(char **argv, const char **db)
{
	if (!strcmp(argv[0], "-d") || !strcmp(argv[0], "--db")) {
		*db = argv[1];
		return argv[1] ? 2 : 0;
	}
	if (!strncmp(argv[0], "--db=", 5)) {
		*db = argv[0] + 5;
		return 1;
	}
	if (!strncmp(argv[0], "-d", 2) && argv[0][2]) {
		*db = argv[0] + 2;
		return 1;
	}
	return 0;
}

static int dispatch(int argc, char **argv)
{
	const struct cmd *cmd;
	const char *db = NULL;
	int i = 1, n;

	if (!strcmp(basename(argv[0]), "checkinstall"))
		return cmd_checkinstall_entry.whole(argc, argv, NULL);
	while (i < argc && (n = leading_db(argv + i, &db)) > 0)
		i += n;
	if (i >= argc) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[i], "-h") || !strcmp(argv[i], "--help")) {
		print_help(stdout);
		return 0;
	}
	if (!strcmp(argv[i], "-V") || !strcmp(argv[i], "--version")) {
		printf("buildaudit %s\n", ba_version());
		return 0;
	}
	cmd = find(argv[i]);
	if (cmd && cmd->whole)
		return cmd->whole(argc - i, argv + i, db);
	if (cmd)
		return cmd_main(cmd, argc - i, argv + i, db);
	/* No subcommand: run's options, or the command itself. */
	argv[i - 1] = (char *)"run";
	return cmd_main(&cmd_run_entry, argc - i + 1, argv + i - 1, db);
}

int main(int argc, char **argv)
{
	int status = dispatch(argc, argv);

	/* What did not reach stdout was not said: a full disk, a closed pipe. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		if (errno != EPIPE)
			complain("cannot write to standard output: %s", strerror(errno));
		return EXIT_FAILED;
	}
	if (!render_is_whole()) {
		complain("out of memory: not every line was printed");
		return EXIT_FAILED;
	}
	return status;
}
