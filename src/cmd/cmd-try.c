/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd-run.h"
#include "cmd/pack.h"

static struct run_asked asked = { .self = &cmd_try_entry };
static bool interactive;
static const char *layers = ""; /* the run whose layers are gone on with */

static const struct cmd_option options[] = {
	{ 'i', "interactive", NULL, "a shell ($SHELL) instead of a COMMAND" },
	{ 0, "continue", "RUN", "goes on in the layers of that run, which is staged" },
	RUN_OPTIONS(RUN_OPTION)
	RUN_PACKAGE_OPTION(RUN_OPTION)
	PACKAGE_OPTIONS(PACKAGE_OPTION)
	{ 0, NULL, NULL, NULL },
};

static int option(const struct cmd_option *o, const char *value)
{
	if (o->letter == 'i')
		return interactive = true, 0;
	if (strcmp(o->name, "continue") != 0)
		return run_option(&asked, o, value);
	layers = value;
	return *layers ? 0 : cmd_misuse(&cmd_try_entry, "--continue wants a run");
}

/* As su(1) and script(1) find it. */
static char *shell(void)
{
	char *given = getenv("SHELL");

	return given && *given ? given : (char *)"/bin/sh";
}

static int run(struct cmd_call *call)
{
	char *shell_alone[] = { shell(), NULL };

	if (interactive && call->argc)
		return cmd_misuse(&cmd_try_entry, "-i is for a shell: '%s' would be a command",
			call->argv[0]);
	if (interactive) {
		call->argv = shell_alone;
		call->argc = 1;
	}
	return run_in_layers(&asked, layers) < 0 ? EXIT_FAILED : run_command(&asked, call);
}

const struct cmd cmd_try_entry = {
	.name = "try",
	.usage = "[options] [--] COMMAND [ARG...] | -i",
	.help = "record one command in layers that nobody else sees: then commit or discard it\n"
		"The command sees and changes the files of the system as ever, and nothing of it\n"
		"is in its place before 'commit'. Sockets, networks, devices, /proc and /sys are\n"
		"the real ones. Only root may, for now.",
	.flags = CMD_COMMAND,
	.options = options,
	.option = option,
	.run = run,
};
