/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "cmd/at.h"
#include "cmd/cmd.h"
#include "render/acts.h"
#include "render/json.h"
#include "render/text.h"

static bool whole;

static int option(const struct cmd_option *o, const char *value)
{
	(void)o;
	(void)value;
	whole = true;
	return 0;
}

static int print_json(struct ba_rows *rows)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	int r, known = 0;

	while ((r = ba_rows_next(rows)) > 0) {
		known = 1;
		render_json_row(rows, &line);
		render_line(&line);
	}
	return r < 0 ? r : known;
}

/* An answer's hands; 1: there are some; 0: none; or -errno. */
static int print_hands(const struct cmd_call *call, struct ba_rows *rows)
{
	int r = call->json ? print_json(rows) : acts_print(rows, whole);

	ba_rows_free(rows);
	return r;
}

struct names {
	char **paths;
	size_t count;
};

static void names_release(struct names *n)
{
	while (n->count)
		free(n->paths[--n->count]);
	free(n->paths);
}

static int add_name(struct names *n, const char *path)
{
	char **name = ARRAY_MORE(n->paths, n->count);

	if (!name)
		return -ENOMEM;
	*name = strdup(path);
	return *name ? 0 : -ENOMEM;
}

/* It, and everything on record that the glob matches, or that is below the folder. */
static int add_names(const struct cmd_call *call, struct at *at, struct names *n)
{
	char folder[PATH_MAX];
	struct ba_rows *paths;
	int r = add_name(n, at->path), e = 0;

	at_folder(at, folder, sizeof folder);
	if (r == 0)
		r = ba_paths(call->ba, folder, &paths);
	if (r < 0)
		return r;
	while (e == 0 && (r = ba_rows_next(paths)) > 0) {
		const char *path = ba_rows_text(paths, 0, NULL);

		if (strcmp(path, at->path) != 0 && at_matches(at, path))
			e = add_name(n, path);
	}
	ba_rows_free(paths);
	return e < 0 ? e : r;
}

/* 1: something is known of it, or of what is below it; 0: nothing; -1: failed, and said so. */
static int who(const struct cmd_call *call, const char *word)
{
	_cleanup_(names_release) struct names names = { 0 };
	struct at at = { 0 };
	struct ba_rows *hands;
	int r = at_read(&at, word);

	if (r < 0) {
		say_always("%s: %s", word, strerror(-r));
		at_release(&at);
		return -1;
	}
	r = add_names(call, &at, &names);
	if (r == 0)
		r = ba_who_all(call->ba, (const char *const *)names.paths, names.count, &hands);
	if (r == 0)
		r = print_hands(call, hands);
	if (r < 0)
		cmd_failed(call);
	at_release(&at);
	return r < 0 ? -1 : r;
}

static int run(struct cmd_call *call)
{
	int i, r, status = 0;

	if (call->argc == 0)
		return cmd_misuse(&cmd_who_entry, "which PATH?");
	for (i = 0; i < call->argc; i++) {
		r = who(call, call->argv[i]);
		if (r < 0)
			return EXIT_FAILED;
		if (r == 0) {
			say_always("no run on record had a hand in %s", call->argv[i]);
			status = EXIT_NO;
		}
	}
	return status;
}

static const struct cmd_option options[] = {
	{ 'v', "verbose", NULL, "how it was done, words as a shell takes them, and nothing cut" },
	{ 0 },
};

const struct cmd cmd_who_entry = {
	.name = "who",
	.usage = "[-v] [--json] PATH...",
	.help = "every process that had a hand in the file at PATH\n"
		"Of a folder, in what is below it, too; a glob (quote it) is looked for among all\n"
		"names on record. Exit status 1: nothing is known.",
	.flags = CMD_DB_READ | CMD_JSON | CMD_PAGED,
	.options = options,
	.option = option,
	.run = run,
};
