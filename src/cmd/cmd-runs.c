/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "render/argv.h"
#include "render/notes.h"
#include "render/since.h"
#include "render/table.h"
#include "render/text.h"

/* In a file; on a terminal its width is the limit. */
#define COMMAND_WIDTH 1000
/* Of a date, without the seconds. */
#define MINUTES 16

static const char *const heads[] = { "RUN", "LABEL", "INSTALL", "STARTED", "TIME", "EXIT", "STATE",
	"NEW", "MOD", "GONE", "COMMAND" };
#define COLUMNS (sizeof heads / sizeof heads[0])

static void add_text(struct table *t, const struct ba_rows *rows, const char *column)
{
	_cleanup_buf_ struct buf cell = BUF_INIT;
	size_t len;
	const char *text = ba_rows_text(rows, ba_rows_column(rows, column), &len);

	render_name(&cell, text, len);
	table_add(t, &cell);
}

/* "complete" or, instead, what has become of the run; and whether it has notes to read. */
static int add_state(const struct cmd_call *call, struct table *t, const struct ba_rows *rows)
{
	_cleanup_buf_ struct buf cell = BUF_INIT, now = BUF_INIT;
	const char *state = row_text(rows, "state");
	size_t len;
	int r = render_since(&now, call->ba, ba_rows_int(rows, ba_rows_column(rows, "run_id")));

	if (!now.len || strcmp(state, "complete") != 0)
		buf_addf(&cell, "%s%s", state, now.len ? ", " : "");
	if (now.len)
		buf_adds(&cell, now.data);
	if (render_note(row_text(rows, "notes"), &len))
		buf_adds(&cell, ", notes");
	table_add(t, &cell);
	return r;
}

static int add_run(const struct cmd_call *call, struct table *t, const struct ba_rows *rows)
{
	_cleanup_buf_ struct buf cell = BUF_INIT;
	int duration = ba_rows_column(rows, "duration_s"), r;

	add_text(t, rows, "run_id");
	add_text(t, rows, "label");
	render_install(&cell, rows);
	table_add(t, &cell);
	render_date(&cell, row_text(rows, "started_at"));
	if (cell.len > MINUTES)
		cell.data[cell.len = MINUTES] = '\0';
	table_add(t, &cell);
	if (ba_rows_type(rows, duration) != BA_NULL)
		render_duration(&cell, ba_rows_real(rows, duration));
	table_add(t, &cell);
	render_exit(&cell, rows);
	table_add(t, &cell);
	r = add_state(call, t, rows);
	add_text(t, rows, "created");
	add_text(t, rows, "modified");
	add_text(t, rows, "removed");
	render_command(&cell, row_text(rows, "argv"), COMMAND_WIDTH);
	table_add(t, &cell);
	return r;
}

static int run(struct cmd_call *call)
{
	_cleanup_table_ struct table t = { .numbers = 7 << 7, .below = 3 << 1 };
	struct ba_rows *rows;
	int r;

	if (call->argc)
		return cmd_misuse(&cmd_runs_entry, "runs takes no argument: '%s'", call->argv[0]);
	if (ba_runs(call->ba, &rows) < 0)
		return cmd_failed(call);
	if (call->json)
		return cmd_print_json(call, rows);
	while ((r = ba_rows_next(rows)) > 0 && (r = add_run(call, &t, rows)) >= 0)
		;
	if (t.count)
		table_print(&t, COLUMNS, heads);
	ba_rows_free(rows);
	return r < 0 ? cmd_failed(call) : 0;
}

const struct cmd cmd_runs_entry = {
	.name = "runs",
	.usage = "[--json]",
	.help = "the runs, newest first",
	.flags = CMD_DB_READ | CMD_JSON | CMD_PAGED,
	.run = run,
};
