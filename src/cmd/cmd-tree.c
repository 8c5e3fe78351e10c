/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cmd/at.h"
#include "cmd/cmd.h"
#include "render/processes.h"

#define SLOW_SHOWN 10

static struct processes_wishes wishes;

static int option(const struct cmd_option *o, const char *value)
{
	char *end = NULL;

	if (!strcmp(o->name, "all")) {
		wishes.all = true;
	} else if (!strcmp(o->name, "writers")) {
		wishes.writers = true;
	} else if (!strcmp(o->name, "failed")) {
		wishes.failed = true;
	} else if (!strcmp(o->name, "verbose")) {
		wishes.whole = true;
	} else {
		wishes.slow = value ? strtoul(value, &end, 10) : SLOW_SHOWN;
		if (value && (*value < '1' || *value > '9' || *end))
			return cmd_misuse(&cmd_tree_entry,
				"--slow=%s: how many? a number from 1 on", value);
	}
	return 0;
}

static bool is_filtered(void)
{
	return wishes.writers || wishes.failed || wishes.slow || wishes.from.word;
}

static void say_none(const struct cmd_call *call)
{
	if (wishes.from.word)
		say_always("no process of %s runs '%s'", call->what, wishes.from.word);
	else if (wishes.failed && !wishes.writers)
		say_always("no process of %s failed", call->what);
	else
		say_always("there is no such process of %s", call->what);
}

static int print(struct cmd_call *call)
{
	struct processes *t;
	int r = processes_read(&t, call->ba, call->run, &wishes);
	bool any = r == 0 && processes_print(t);

	processes_free(t);
	if (r < 0) {
		say_always("%s", r == -ENOMEM ? "out of memory" : ba_error(call->ba));
		return EXIT_FAILED;
	}
	if (!any)
		say_none(call);
	return any || !wishes.from.word ? 0 : EXIT_NO;
}

/* One with a slash in it is named from here, and on record by its full name. */
static int read_program(const char *word, struct at *at)
{
	int r = word && strchr(word, '/') ? at_read(at, word) : 0;

	wishes.from = (struct program){ word, at->glob ? at->glob : at->folder };
	if (r < 0)
		say_always("%s: %s", word, strerror(-r));
	return r;
}

static int run(struct cmd_call *call)
{
	_cleanup_(at_release) struct at at = { 0 };
	struct ba_rows *rows;

	if (call->argc > 1)
		return cmd_misuse(&cmd_tree_entry, "one RUN, and one program: '%s' is left over",
			call->argv[1]);
	if (read_program(call->argc ? call->argv[0] : NULL, &at) < 0)
		return EXIT_FAILED;
	wishes.json = call->json;
	wishes.goes_on = cmd_run_is(call, "running");
	if (!call->json || is_filtered())
		return print(call);
	if (ba_tree(call->ba, call->run, &rows) < 0)
		return cmd_failed(call);
	return cmd_print_json(call, rows);
}

static const struct cmd_option options[] = {
	{ 'a', "all", NULL, "every process, each on a line of its own, with its pid" },
	{ 'w', "writers", NULL, "those that changed files, and what leads to them" },
	{ 'f', "failed", NULL, "those that failed" },
	{ 0, "slow", "[=N]", "the N (10) that took longest by themselves" },
	{ 'v', "verbose", NULL, "words as a shell takes them, and nothing cut" },
	{ 0 },
};

const struct cmd cmd_tree_entry = {
	.name = "tree",
	.usage = "[options] [RUN] [NAME|PATH]",
	.help = "the processes of a run as a tree\n"
		"What changed nothing and did not fail is left out, and the same program under\n"
		"the same parent is one line with a count. NAME, PATH or a glob (quote it): below\n"
		"that program.",
	.flags = CMD_DB_READ | CMD_RUN | CMD_WORDS | CMD_JSON | CMD_PAGED,
	.options = options,
	.option = option,
	.run = run,
};
