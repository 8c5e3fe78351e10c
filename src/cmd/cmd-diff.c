/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "render/json.h"
#include "render/text.h"

static int with_excluded;

static const struct cmd_option options[] = {
	{ 0, "all", NULL, "paths that are excluded, too" },
	{ 0, NULL, NULL, NULL },
};

static int option(const struct cmd_option *o, const char *value)
{
	with_excluded = 1;
	return 0;
}

static void print_row(const struct ba_rows *rows, struct buf *line)
{
	const char *change = ba_rows_text(rows, 0, NULL), *differs = ba_rows_text(rows, 3, NULL);
	char sign = *change == 'r' ? '-' : *change == 'a' ? '+' : '~';
	enum colour c = sign == '-' ? RED : sign == '+' ? GREEN : YELLOW;
	size_t len;
	const char *path = ba_rows_text(rows, 2, &len);

	buf_addf(line, "%s%c%s %-7s  ", render_colour(c), sign, render_colour(PLAIN),
		ba_rows_text(rows, 1, NULL));
	render_name(line, path, len);
	if (*differs)
		buf_addf(line, "  (%s)", differs);
	render_line(line);
}

static int run(struct cmd_call *call)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct ba_rows *rows;
	int64_t runs[2];
	int i, r, count = 0;

	if (call->argc != 2)
		return cmd_misuse(&cmd_diff_entry, "it takes two runs");
	for (i = 0; i < 2; i++)
		if (ba_run_find(call->ba, call->argv[i], &runs[i]) < 0)
			return cmd_failed(call);
	if (ba_diff(call->ba, runs[0], runs[1], with_excluded, &rows) < 0)
		return cmd_failed(call);
	while ((r = ba_rows_next(rows)) > 0) {
		count++;
		if (call->json) {
			render_json_row(rows, &line);
			render_line(&line);
		} else {
			print_row(rows, &line);
		}
	}
	ba_rows_free(rows);
	return r < 0 ? cmd_failed(call) : count ? EXIT_NO : 0;
}

const struct cmd cmd_diff_entry = {
	.name = "diff",
	.usage = "[--all] [--json] RUN1 RUN2",
	.help = "what one run installed and the other did not (- and +), and what differs (~)\n"
		"For an upgrade: what is marked - is stale; 'uninstall --superseded-by=RUN2 RUN1'\n"
		"takes just that out. Exit status 1: they differ.",
	.flags = CMD_DB_READ | CMD_JSON | CMD_PAGED,
	.options = options,
	.option = option,
	.run = run,
};
