/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cmd/at.h"
#include "cmd/cmd.h"
#include "render/json.h"
#include "render/text.h"

/* One line of a terminal, or what a person still reads in a file. */
static size_t room(void)
{
	int width = render_width();

	return width > 40 ? (size_t)width - 14 : 400;
}

/* The length of the JSON array of strings at p; a bracket inside of a string does not end it. */
static size_t array_length(const char *p)
{
	const char *start = p;
	bool in_string = false;

	for (; *p && (in_string || *p != ']'); p++) {
		if (in_string && *p == '\\' && p[1])
			p++;
		else if (*p == '"')
			in_string = !in_string;
	}
	return (size_t)(p - start) + (*p == ']');
}

static void print_ancestors(const char *json, struct buf *line)
{
	_cleanup_buf_ struct buf argv = BUF_INIT;
	const char *p = json;

	while ((p = strstr(p, "\"argv\":"))) {
		p += strlen("\"argv\":");
		buf_addf(line, "%s        of ", render_colour(DIM));
		if (*p == '[') {
			buf_reset(&argv);
			buf_add(&argv, p, array_length(p));
			render_argv(line, argv.data ? argv.data : "", room());
			p += array_length(p);
		} else {
			buf_adds(line, "a process that ran no program yet");
		}
		buf_adds(line, render_colour(PLAIN));
		render_line(line);
	}
}

static void print_hand(const struct ba_rows *rows, struct buf *line)
{
	size_t len;
	const char *path = ba_rows_text(rows, ba_rows_column(rows, "path"), &len);

	buf_addf(line, "run %s  pid %s  %s", row_text(rows, "run_id"), row_text(rows, "pid"),
		render_colour(BOLD));
	render_cell(line, row_text(rows, "op"), 0);
	buf_addf(line, "%s  ", render_colour(PLAIN));
	render_name(line, path, len);
	path = ba_rows_text(rows, ba_rows_column(rows, "old_path"), &len);
	if (len) {
		buf_adds(line, strcmp(row_text(rows, "op"), "symlink") ? "  from " : "  to ");
		render_name(line, path, len);
	}
	render_line(line);
	buf_adds(line, "    ");
	render_name(line, row_text(rows, "exe"), strlen(row_text(rows, "exe")));
	buf_adds(line, ": ");
	render_argv(line, row_text(rows, "argv"), room());
	render_line(line);
	print_ancestors(row_text(rows, "ancestors"), line);
}

/* An answer's hands; 1: there are some; 0: none; or -errno. */
static int print_hands(const struct cmd_call *call, struct ba_rows *rows)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	int r, known = 0;

	while ((r = ba_rows_next(rows)) > 0) {
		known = 1;
		if (call->json) {
			render_json_row(rows, &line);
			render_line(&line);
		} else {
			print_hand(rows, &line);
		}
	}
	ba_rows_free(rows);
	return r < 0 ? r : known;
}

/* In everything that the glob matches, or that is below the folder; not in that itself. */
static int who_below(const struct cmd_call *call, struct at *at)
{
	char folder[PATH_MAX];
	struct ba_rows *paths, *hands;
	int r, known = 0;

	at_folder(at, folder, sizeof folder);
	r = ba_paths(call->ba, folder, &paths);
	if (r < 0)
		return r;
	while (r >= 0 && (r = ba_rows_next(paths)) > 0) {
		const char *path = ba_rows_text(paths, 0, NULL);

		if (!strcmp(path, at->path) || !at_matches(at, path))
			continue;
		r = ba_who_recorded(call->ba, path, &hands);
		if (r == 0)
			r = print_hands(call, hands);
		known |= r > 0;
	}
	ba_rows_free(paths);
	return r < 0 ? r : known;
}

/* 1: something is known of it, or of what is below it; 0: nothing; -1: failed, and said so. */
static int who(const struct cmd_call *call, const char *word)
{
	struct at at = { 0 };
	struct ba_rows *hands;
	int r = ba_who(call->ba, word, &hands), known, below = 0;

	if (r == 0)
		r = print_hands(call, hands);
	known = r > 0;
	if (r >= 0) {
		below = at_read(&at, word);
		if (below < 0)
			complain("%s: %s", word, strerror(-below));
		else
			r = below = who_below(call, &at);
	}
	at_release(&at);
	if (r < 0)
		cmd_failed(call);
	return r < 0 || below < 0 ? -1 : known | below;
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
			complain("no run on record had a hand in %s", call->argv[i]);
			status = EXIT_NO;
		}
	}
	return status;
}

const struct cmd cmd_who_entry = {
	.name = "who",
	.usage = "[--json] PATH...",
	.help = "every process that had a hand in the file at PATH\n"
		"Of a folder, in what is below it, too; a glob (quote it) is looked for among all\n"
		"names on record. Exit status 1: nothing is known.",
	.flags = CMD_DB_READ | CMD_JSON,
	.run = run,
};
