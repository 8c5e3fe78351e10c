/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "render/text.h"

/* Deeper trees go on, without going on to the right. */
#define DEPTH_SHOWN 40

static void print_process(const struct ba_rows *rows, bool goes_on, struct buf *line)
{
	int depth = (int)ba_rows_int(rows, ba_rows_column(rows, "depth"));
	int duration = ba_rows_column(rows, "duration_s");
	long long files = ba_rows_int(rows, ba_rows_column(rows, "files"));
	size_t start = line->len;
	int width = render_width();

	buf_addf(line, "%*s%s ", 2 * (depth < DEPTH_SHOWN ? depth : DEPTH_SHOWN), "",
		row_text(rows, "pid"));
	render_argv(line, row_text(rows, "argv"), 0);
	if (width > 40 && line->len - start > (size_t)width - 34) {
		/* not inside of a character */
		line->len = start + (size_t)width - 34;
		while (line->len > start && ((unsigned char)line->data[line->len] & 0xc0) == 0x80)
			line->len--;
		buf_adds(line, "...");
	}
	buf_addf(line, "  %s[", render_colour(DIM));
	if (ba_rows_type(rows, duration) == BA_NULL)
		buf_adds(line, goes_on ? "running" : "its end is not on record");
	else
		render_duration(line, ba_rows_real(rows, duration));
	buf_adds(line, ", exit ");
	render_exit(line, rows);
	if (files)
		buf_addf(line, ", %lld file%s", files, files == 1 ? "" : "s");
	buf_addf(line, "]%s", render_colour(PLAIN));
	render_line(line);
}

static int run(struct cmd_call *call)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	bool goes_on = cmd_run_is(call, "running");
	struct ba_rows *rows;
	int r;

	if (ba_tree(call->ba, call->run, &rows) < 0)
		return cmd_failed(call);
	if (call->json)
		return cmd_print_json(call, rows);
	while ((r = ba_rows_next(rows)) > 0)
		print_process(rows, goes_on, &line);
	ba_rows_free(rows);
	return r < 0 ? cmd_failed(call) : 0;
}

const struct cmd cmd_tree_entry = {
	.name = "tree",
	.usage = "[--json] [RUN]",
	.help = "the processes of a run as a tree",
	.flags = CMD_DB_READ | CMD_RUN | CMD_JSON,
	.run = run,
};
