/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "render/json.h"
#include "render/text.h"

static const char *text(const struct ba_rows *rows, const char *column)
{
	return ba_rows_text(rows, ba_rows_column(rows, column), NULL);
}

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

	buf_addf(line, "run %s  pid %s  %s", text(rows, "run_id"), text(rows, "pid"),
		render_colour(BOLD));
	render_cell(line, text(rows, "op"), 0);
	buf_addf(line, "%s  ", render_colour(PLAIN));
	render_name(line, path, len);
	path = ba_rows_text(rows, ba_rows_column(rows, "old_path"), &len);
	if (len) {
		buf_adds(line, strcmp(text(rows, "op"), "symlink") ? "  from " : "  to ");
		render_name(line, path, len);
	}
	render_line(line);
	buf_adds(line, "    ");
	render_name(line, text(rows, "exe"), strlen(text(rows, "exe")));
	buf_adds(line, ": ");
	render_argv(line, text(rows, "argv"), room());
	render_line(line);
	print_ancestors(text(rows, "ancestors"), line);
}

/* 1: something is known of it; 0: nothing; or -errno. */
static int who(const struct cmd_call *call, const char *path)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct ba_rows *rows;
	int r = ba_who(call->ba, path, &rows), known = 0;

	if (r < 0)
		return r;
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

static int run(struct cmd_call *call)
{
	int i, r, status = 0;

	if (call->argc == 0)
		return cmd_misuse(&cmd_who_entry, "which PATH?");
	for (i = 0; i < call->argc; i++) {
		r = who(call, call->argv[i]);
		if (r < 0)
			return cmd_failed(call);
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
	.help = "every process that had a hand in the file at PATH",
	.flags = CMD_DB_READ | CMD_JSON,
	.run = run,
};
