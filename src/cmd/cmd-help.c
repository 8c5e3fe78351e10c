/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "cmd/commands.h"

/* As if its own --help had been asked for. */
static int help_of(const struct cmd *cmd)
{
	char *argv[] = { (char *)cmd->name, (char *)"--help", NULL };

	return cmd_main(cmd, 2, argv, NULL);
}

static int run(struct cmd_call *call)
{
	_cleanup_buf_ struct buf sentence = BUF_INIT;
	const struct cmd *cmd;

	if (call->argc == 0) {
		commands_print_help(stdout);
		return 0;
	}
	if (call->argc > 1)
		return cmd_misuse(&cmd_help_entry, "one SUBCOMMAND at a time");
	cmd = commands_find(call->argv[0]);
	if (cmd)
		return help_of(cmd);
	buf_addf(&sentence, "there is no subcommand '%s'", call->argv[0]);
	commands_add_hint(&sentence, call->argv[0]);
	return cmd_misuse(&cmd_help_entry, "%s",
		sentence.failed ? "out of memory" : sentence.data);
}

const struct cmd cmd_help_entry = {
	.name = "help",
	.usage = "[SUBCOMMAND]",
	.help = "this list; or the options of one of them",
	.run = run,
};
