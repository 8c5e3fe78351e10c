/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "cmd/cmd.h"

static int run(struct cmd_call *call)
{
	if (call->argc)
		return cmd_misuse(&cmd_version_entry, "version takes no argument: '%s'",
			call->argv[0]);
	printf("buildaudit %s\n", ba_version());
	return 0;
}

const struct cmd cmd_version_entry = {
	.name = "version",
	.usage = "",
	.help = "the version, as -V does",
	.run = run,
};
