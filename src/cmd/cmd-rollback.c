/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/undoing.h"
#include "render/text.h"

static struct undoing_options asked;

static const struct cmd_option options[] = {
	UNDOING_OPTIONS,
	{ 0, NULL, NULL, NULL },
};

static int option(const struct cmd_option *o, const char *value)
{
	undoing_option(&asked, o);
	return 0;
}

/* Newest first is the order that works; another one is told, not forbidden. */
static int tell_later(struct cmd_call *call)
{
	struct ba_rows *rows;
	int r;

	if (ba_later_runs(call->ba, call->run, &rows) < 0)
		return cmd_failed(call);
	while ((r = ba_rows_next(rows)) > 0) {
		long long paths = ba_rows_int(rows, ba_rows_column(rows, "paths"));

		say_always(
			"run %lld came later and changed %lld of the same "
			"paths, %s%s: roll it back first",
			(long long)ba_rows_int(rows, ba_rows_column(rows, "run_id")), paths,
			paths > 1 ? "such as " : "",
			row_text(rows, "path"));
	}
	ba_rows_free(rows);
	return r < 0 ? cmd_failed(call) : 0;
}

static int run(struct cmd_call *call)
{
	static const struct undoing_words words = { "rolling back", "Roll back", "rolled back" };
	struct undoing u;
	int r = tell_later(call);

	if (r == 0)
		r = undoing_begin(&u, call, &cmd_rollback_entry, &asked, &words);
	if (r)
		return r;
	if (u.asks && ba_rollback(call->ba, call->run, &u.dry, &u.would) < 0)
		return cmd_failed(call);
	if (u.asks && !undoing_agreed(&u))
		return EXIT_NO;
	if (ba_rollback(call->ba, call->run, &u.how, &u.result) < 0)
		return cmd_failed(call);
	return undoing_end(&u);
}

const struct cmd cmd_rollback_entry = {
	.name = "rollback",
	.usage = "[-n] [-y] [-v] [--force] [--json] [RUN]",
	.help = "put back what was there before a run, byte for byte\n"
		"What was changed since stays, and is named; --force "
		"takes that back, too. One that\n"
		"was interrupted is finished by running it again. Exit status 1: something stays.",
	.flags = CMD_DB_READ | CMD_RUN | CMD_JSON,
	.options = options,
	.option = option,
	.run = run,
};
