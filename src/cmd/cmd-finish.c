/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/cmd.h"

static int run(struct cmd_call *call)
{
	if (ba_finish(call->ba, call->run) < 0)
		return cmd_failed(call);
	say_always("%s has ended: what its processes do from here on is not on record",
		call->what);
	return 0;
}

const struct cmd cmd_finish_entry = {
	.name = "finish",
	.usage = "[RUN]",
	.help = "end the record of a run whose command has ended and left processes behind\n"
		"They live on, and are not listened to any more; the "
		"run is complete, and can be undone.",
	.flags = CMD_DB_READ | CMD_RUN,
	.run = run,
};
