/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/cmd.h"

static int forget(struct cmd_call *call, const char *name)
{
	struct ba_forgotten f;
	int64_t run_id;

	if (ba_run_find(call->ba, name, &run_id) < 0 || ba_forget(call->ba, run_id, &f) < 0)
		return cmd_failed(call);
	if (f.later)
		say_always("%s%s is forgotten; what was kept for it goes with the next forget, "
			 "since something is being recorded", run_id < 0 ? "" : "run ", name);
	else
		say_always("%s%s is forgotten: %llu kept original%s, %llu bytes",
			run_id < 0 ? "" : "run ", name, (unsigned long long)f.objects,
			f.objects == 1 ? "" : "s", (unsigned long long)f.bytes);
	if (f.lost)
		say_always(
			"what it found at %u path%s that its install still has is forgotten, too: "
			"'uninstall' of that gives back what it had left there",
			f.lost, f.lost == 1 ? "" : "s");
	return 0;
}

static int run(struct cmd_call *call)
{
	int i, r = 0;

	if (call->argc == 0)
		return cmd_misuse(&cmd_forget_entry, "which run? It takes at least one");
	for (i = 0; r == 0 && i < call->argc; i++)
		r = forget(call, call->argv[i]);
	return r;
}

const struct cmd cmd_forget_entry = {
	.name = "forget",
	.usage = "RUN...",
	.help = "drop a run from the record, and the originals that were kept for it alone\n"
		"The files that it installed stay where they are; "
		"they can no longer be rolled back. Of an install's older run\n"
		"that is also what stood there before: uninstall stops at what the run had left.",
	.flags = CMD_DB_WRITE,
	.run = run,
};
