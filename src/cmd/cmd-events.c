/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "render/text.h"

static void print_event(const struct ba_rows *rows, int64_t *start, struct buf *line)
{
	int64_t at = ba_rows_int(rows, ba_rows_column(rows, "time_ns"));
	int64_t count = ba_rows_int(rows, ba_rows_column(rows, "count"));
	size_t len;
	const char *text;

	if (*start < 0)
		*start = at;
	buf_addf(line, "%10.6f  %7s  ", (double)(at - *start) / 1e9,
		row_text(rows, "pid"));
	render_cell(line, row_text(rows, "op"), 11);
	buf_adds(line, "  ");
	text = ba_rows_text(rows, ba_rows_column(rows, "path"), &len);
	render_name(line, text, len);
	text = ba_rows_text(rows, ba_rows_column(rows, "old_path"), &len);
	if (len) {
		buf_adds(line, "  <-  ");
		render_name(line, text, len);
	}
	text = ba_rows_text(rows, ba_rows_column(rows, "flags"), &len);
	if (len)
		buf_addf(line, "  %s", text);
	if (ba_rows_int(rows, ba_rows_column(rows, "found")))
		buf_adds(line, "  (found open)");
	if (count > 1)
		buf_addf(line, "  (%lld times)", (long long)count);
	render_line(line);
}

static int run(struct cmd_call *call)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct ba_rows *rows;
	int64_t start = -1;
	int r;

	if (ba_events(call->ba, call->run, &rows) < 0)
		return cmd_failed(call);
	if (call->json)
		return cmd_print_json(call, rows);
	while ((r = ba_rows_next(rows)) > 0)
		print_event(rows, &start, &line);
	ba_rows_free(rows);
	return r < 0 ? cmd_failed(call) : 0;
}

const struct cmd cmd_events_entry = {
	.name = "events",
	.usage = "[--json] [RUN]",
	.help = "the ordered log of what a run did",
	.flags = CMD_DB_READ | CMD_RUN | CMD_JSON | CMD_PAGED,
	.run = run,
};
