/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/commands.h"

#include <string.h>

#include "base/cleanup.h"
#include "cmd/near.h"

static const struct cmd *const commands[] = {
	&cmd_run_entry,
	&cmd_try_entry,
	&cmd_commit_entry,
	&cmd_discard_entry,
	&cmd_runs_entry,
	&cmd_files_entry,
	&cmd_who_entry,
	&cmd_list_entry,
	&cmd_owner_entry,
	&cmd_show_entry,
	&cmd_report_entry,
	&cmd_tree_entry,
	&cmd_events_entry,
	&cmd_manifest_entry,
	&cmd_verify_entry,
	&cmd_uninstall_entry,
	&cmd_rollback_entry,
	&cmd_diff_entry,
	&cmd_sql_entry,
	&cmd_export_entry,
	&cmd_package_entry,
	&cmd_checkinstall_entry,
	&cmd_finish_entry,
	&cmd_forget_entry,
	&cmd_help_entry,
	&cmd_version_entry,
};

void commands_print_help(FILE *out)
{
	size_t i;

	fputs("usage: buildaudit [-d DB] [run options] [--] COMMAND [ARG...]\n"
	      "       buildaudit [-d DB] [run options] -p PID[,PID...]\n"
	      "       buildaudit [-d DB] SUBCOMMAND [options] [RUN]\n"
	      "\n"
	      "Records what a command, and everything it starts, changes in the file tree.\n"
	      "\n",
		out);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-12s %.*s\n", commands[i]->name,
			(int)strcspn(commands[i]->help, "\n"), commands[i]->help);
	fputs("\n"
	      "RUN is a number, a label, NAME@VERSION, NAME (an install, as all its runs have\n"
	      "made it by now), or latest (the newest command, past any undo), which is also\n"
	      "what no RUN means.\n"
	      "'buildaudit help SUBCOMMAND' tells of each; 'man buildaudit' of all.\n",
		out);
}

const struct cmd *commands_at(size_t place)
{
	return place < ARRAY_SIZE(commands) ? commands[place] : NULL;
}

const struct cmd *commands_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static const struct cmd *nearest_to(const char *word)
{
	struct near near = NEAR_OF(word);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		near_try(&near, commands[i]->name);
	return near.found ? commands_find(near.found) : NULL;
}

void commands_add_hint(struct buf *sentence, const char *word)
{
	const struct cmd *near = nearest_to(word);

	if (near && strcmp(near->name, word) != 0)
		buf_addf(sentence, " (did you mean '%s'?)", near->name);
	else if (near)
		buf_addf(sentence, " (a subcommand stands before its options: buildaudit %s)",
			word);
}
