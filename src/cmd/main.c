/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/commands.h"
#include "cmd/complete.h"
#include "cmd/pager.h"
#include "cmd/relay.h"
#include "render/progress.h"
#include "render/text.h"

/*
 * An option before the subcommand, of those that it could have: how many words it took, 0 when
 * there is none, or below 0 the exit status.
 */
static int leading_option(char **argv, const char **db)
{
	if (!strcmp(argv[0], "-d") || !strcmp(argv[0], "--db")) {
		*db = argv[1];
		return argv[1] ? 2 : 0;
	}
	if (!strncmp(argv[0], "--db=", 5))
		*db = argv[0] + 5;
	else if (!strncmp(argv[0], "-d", 2) && argv[0][2])
		*db = argv[0] + 2;
	else if (!strncmp(argv[0], "--color=", 8))
		return cmd_option_common("color", argv[0] + 8) ? -EXIT_USAGE : 1;
	else if (!strcmp(argv[0], "--no-pager"))
		cmd_option_common("no-pager", NULL);
	else
		return 0;
	return 1;
}

static int dispatch(int argc, char **argv)
{
	const struct cmd *cmd;
	const char *db = NULL;
	int i = 1, n = 0;

	if (!strcmp(basename(argv[0]), "checkinstall"))
		return cmd_main(&cmd_checkinstall_entry, argc, argv, NULL);
	while (i < argc && (n = leading_option(argv + i, &db)) > 0)
		i += n;
	if (n < 0)
		return -n;
	if (i >= argc) {
		commands_print_help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[i], "-h") || !strcmp(argv[i], "--help")) {
		commands_print_help(stdout);
		return 0;
	}
	if (!strcmp(argv[i], "-V") || !strcmp(argv[i], "--version"))
		return cmd_main(&cmd_version_entry, 1, argv + i, NULL);
	if (!strcmp(argv[i], "__complete"))
		return complete(argc - i, argv + i);
	cmd = commands_find(argv[i]);
	if (cmd)
		return cmd_main(cmd, argc - i, argv + i, db);
	/* No subcommand, and none is named: run's options, or the command itself. */
	argv[i - 1] = NULL;
	return cmd_main(&cmd_run_entry, argc - i + 1, argv + i - 1, db);
}

/* What did not reach stdout was not said: a full disk, a closed pipe. Who saw it told. */
static int end_output(int status)
{
	int r = fflush(stdout) != 0 || ferror(stdout) ? -errno : 0, e = relay_end();

	if (r == 0 && e == 0)
		return status;
	if (r != -EPIPE && e != -EPIPE && status != EXIT_FAILED)
		say_always("cannot write to standard output: %s", strerror(r ? -r : -e));
	return EXIT_FAILED;
}

static void say_waiting(const char *text, void *data)
{
	(void)data;
	say("%s", text);
}

int main(int argc, char **argv)
{
	int status;

	ba_on_wait(say_waiting, NULL);
	status = end_output(dispatch(argc, argv));
	render_progress_end();
	pager_end();
	if (!render_is_whole()) {
		say_always("out of memory: not every line was printed");
		return EXIT_FAILED;
	}
	return status;
}
