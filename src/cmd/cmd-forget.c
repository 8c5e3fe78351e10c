/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>

#include "cmd/cmd.h"
#include "render/progress.h"

static void tell(const struct ba_forgotten *f, int64_t run_id, const char *name)
{
	const char *commit = !f->commits ? "" : f->undos ? " and its commit" : ", with its commit";
	char with[64];

	if (f->undos > 1)
		snprintf(with, sizeof with, ", with %u undos of it%s", f->undos, commit);
	else
		snprintf(with, sizeof with, "%s%s", f->undos ? ", with its undo" : "", commit);
	if (f->later)
		say_always(
			"%s%s is forgotten%s; what was kept for it goes with the next forget, "
			"since something is being recorded",
			run_id < 0 ? "" : "run ", name, with);
	else
		say_always("%s%s is forgotten%s: %llu kept original%s, %llu bytes",
			run_id < 0 ? "" : "run ", name, with, (unsigned long long)f->objects,
			f->objects == 1 ? "" : "s", (unsigned long long)f->bytes);
	if (f->lost)
		say_always(
			"what it found at %u path%s that its install still has is forgotten, too: "
			"'uninstall' of that gives back what it had left there",
			f->lost, f->lost == 1 ? "" : "s");
}

static int forget(struct cmd_call *call, const char *name)
{
	struct ba_forgotten f;
	int64_t run_id;
	int r = ba_run_find(call->ba, name, &run_id);

	if (r == -ESTALE || r == -ENOENT)
		return 0; /* it went with what it undid, or was named twice */
	if (r < 0 || ba_forget(call->ba, run_id, &f) < 0)
		return cmd_failed(call);
	if (f.with)
		say_always("run %lld took back what run %lld did, and goes when that is forgotten",
			(long long)run_id, (long long)f.with);
	else
		tell(&f, run_id, name);
	return 0;
}

/* A typing error is found before anything is gone; what is gone already is none. */
static int find_all(struct cmd_call *call)
{
	int64_t run_id;
	int i, r;

	for (i = 0; i < call->argc; i++) {
		r = ba_run_find(call->ba, call->argv[i], &run_id);
		if (r == -ESTALE)
			say_always("run %s is forgotten already", call->argv[i]);
		else if (r < 0)
			return cmd_failed(call);
	}
	return 0;
}

static int run(struct cmd_call *call)
{
	int i, r;

	if (call->argc == 0)
		return cmd_misuse(&cmd_forget_entry, "which run? It takes at least one");
	r = find_all(call);
	if (r == 0)
		render_work_begin("forgetting", "the same command goes on from there");
	for (i = 0; r == 0 && i < call->argc; i++)
		r = forget(call, call->argv[i]);
	return r;
}

const struct cmd cmd_forget_entry = {
	.name = "forget",
	.usage = "RUN...",
	.help = "drop a run from the record, what took it back or put it in its place, "
		"and the originals that were kept for it alone\n"
		"The files that it installed stay where they are; "
		"they can no longer be rolled back. Of an install's older run\n"
		"that is also what stood there before: uninstall stops at what the run had left.",
	.flags = CMD_DB_WRITE,
	.run = run,
};
