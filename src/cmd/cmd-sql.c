/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "render/text.h"

/* As sqlite3's list mode: columns with a bar between them. */
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

static int run(struct cmd_call *call)
{
	struct ba_rows *rows;

	if (call->argc > 1)
		return cmd_misuse(&cmd_sql_entry, "one QUERY, in quotes: '%s' is left over",
			call->argv[1]);
	if (call->argc == 1) {
		if (ba_sql(call->ba, call->argv[0], &rows) < 0)
			return cmd_failed(call);
		return call->json ? cmd_print_json(call, rows) : print_rows(call, rows);
	}
	execlp("sqlite3", "sqlite3", "-readonly", call->db, (char *)NULL);
	complain(
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
