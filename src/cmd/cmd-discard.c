/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/cmd.h"

static bool force;

static const struct cmd_option options[] = {
	{ 0, "force", NULL,
		"also while processes live in its layers, which keep them until they end" },
	{ 0, NULL, NULL, NULL },
};

static int option(const struct cmd_option *o, const char *value)
{
	(void)o;
	(void)value;
	force = true;
	return 0;
}

static int run(struct cmd_call *call)
{
	struct ba_forgotten f;
	int n;

	if (call->run < 0)
		return cmd_misuse(&cmd_discard_entry,
			"'%s' is an install, and that is in its place: name a run", call->what);
	n = ba_discard(call->ba, call->run, force, &f);
	if (n < 0)
		return cmd_failed(call);
	if (n > 1)
		say_always("%s is discarded, with %d more in the same layers", call->what, n - 1);
	else
		say_always("%s is discarded", call->what);
	return 0;
}

const struct cmd cmd_discard_entry = {
	.name = "discard",
	.usage = "[--force] [RUN]",
	.help = "give up what a run did that is staged (try): no trace of it stays\n"
		"All runs that went on in the same layers (try --continue) go, too.",
	.flags = CMD_DB_WRITE | CMD_RUN,
	.options = options,
	.option = option,
	.run = run,
};
