/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/cmd.h"
#include "cmd/pager.h"
#include "cmd/relay.h"
#include "render/table.h"
#include "render/text.h"

/* In a file as sqlite3's list mode: columns with a bar between them. */
static int print_rows(const struct cmd_call *call, struct ba_rows *rows)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	int i, r, n = ba_rows_columns(rows);

	while ((r = ba_rows_next(rows)) > 0) {
		for (i = 0; i < n; i++) {
			size_t len;
			const char *text = ba_rows_text(rows, i, &len);

			if (i)
				buf_addc(&line, '|');
			render_name(&line, text, len);
		}
		render_line(&line);
	}
	ba_rows_free(rows);
	return r < 0 ? cmd_failed(call) : 0;
}

static void free_heads(char ***heads)
{
	char **head;

	for (head = *heads; head && *head; head++)
		free(*head);
	free(*heads);
}

/* On a terminal, with heads; a column of numbers only is set to the right. */
static int print_table(const struct cmd_call *call, struct ba_rows *rows)
{
	_cleanup_table_ struct table t = TABLE_INIT;
	_cleanup_buf_ struct buf cell = BUF_INIT;
	size_t i, len, n = (size_t)ba_rows_columns(rows);
	_cleanup_(free_heads) char **heads = calloc(n + 1, sizeof *heads);
	int r;

	for (i = 0; heads && i < n; i++)
		heads[i] = strdup(ba_rows_name(rows, (int)i));
	t.numbers = ~0UL;
	while ((r = ba_rows_next(rows)) > 0)
		for (i = 0; i < n; i++) {
			const char *text = ba_rows_text(rows, (int)i, &len);

			if (ba_rows_type(rows, (int)i) == BA_TEXT && i < 8 * sizeof t.numbers)
				t.numbers &= ~(1UL << i);
			render_name(&cell, text, len);
			table_add(&t, &cell);
		}
	ba_rows_free(rows);
	if (t.count && heads)
		table_print_any(&t, n, (const char *const *)heads);
	return r < 0 ? cmd_failed(call) : 0;
}

static int run(struct cmd_call *call)
{
	struct ba_rows *rows;

	if (call->argc > 1)
		return cmd_misuse(&cmd_sql_entry, "one QUERY, in quotes: '%s' is left over",
			call->argv[1]);
	if (call->argc == 1) {
		if (ba_sql(call->ba, call->argv[0], &rows) < 0)
			return cmd_failed(call);
		pager_begin();
		relay_begin();
		if (call->json)
			return cmd_print_json(call, rows);
		return render_is_terminal() ? print_table(call, rows) : print_rows(call, rows);
	}
	if (isatty(STDIN_FILENO) && render_is_terminal())
		execlp("sqlite3", "sqlite3", "-readonly", "-header", "-column", call->db, NULL);
	execlp("sqlite3", "sqlite3", "-readonly", call->db, (char *)NULL);
	say_always(
		"cannot run sqlite3: %s (install the package sqlite3, "
		"or give the query as an argument)",
		strerror(errno));
	return EXIT_FAILED;
}

const struct cmd cmd_sql_entry = {
	.name = "sql",
	.usage = "[--json] [QUERY]",
	.help = "ask the database, read-only: one query, or the sqlite3 shell",
	.flags = CMD_DB_READ | CMD_JSON,
	.run = run,
};
