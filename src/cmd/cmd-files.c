/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "render/text.h"

static unsigned int which;
static bool nul;

static const struct cmd_option options[] = {
	{ '0', "null", NULL, "only the paths, exact, each with a NUL behind it" },
	{ 0, "all", NULL, "those that are excluded, too" },
	{ 0, "created", NULL, "only what was made" },
	{ 0, "modified", NULL, "only what was there and was changed" },
	{ 0, "same", NULL, "only what was there and was written again, no different" },
	{ 0, "removed", NULL, "only what was taken away" },
	{ 0, NULL, NULL, NULL },
};

static int option(const struct cmd_option *o, const char *value)
{
	if (o->letter == '0')
		nul = true;
	else if (!strcmp(o->name, "all"))
		which |= BA_FILES_EXCLUDED;
	else if (!strcmp(o->name, "created"))
		which |= BA_FILES_CREATED;
	else if (!strcmp(o->name, "modified"))
		which |= BA_FILES_DIFFERENT;
	else if (!strcmp(o->name, "same"))
		which |= BA_FILES_SAME;
	else
		which |= BA_FILES_REMOVED;
	return 0;
}

/* The columns of ba_files() that are printed here. */
enum { CHANGE, TYPE, PATH, EXCLUDED, RDEV = 15, SAME };

static enum colour colour_of(const char *change)
{
	switch (*change) {
	case 'c':
		return GREEN;
	case 'm':
		return YELLOW;
	case 's':
		return DIM;
	default:
		return RED;
	}
}

static void print_file(const struct ba_rows *rows, struct buf *line)
{
	const char *change = ba_rows_int(rows, SAME) ? "same" : ba_rows_text(rows, CHANGE, NULL);
	size_t len;
	const char *path = ba_rows_text(rows, PATH, &len);

	if (nul) {
		fwrite(path, 1, len + 1, stdout);
		return;
	}
	buf_adds(line, render_colour(colour_of(change)));
	render_cell(line, change, 8);
	buf_addf(line, "%s  %-7s  ", render_colour(PLAIN), ba_rows_text(rows, TYPE, NULL));
	render_name(line, path, len);
	if (ba_rows_type(rows, RDEV) != BA_NULL) {
		buf_adds(line, "  (");
		render_device(line, ba_rows_int(rows, RDEV), ':');
		buf_addc(line, ')');
	}
	if (ba_rows_int(rows, EXCLUDED))
		buf_addf(line, "%s  (excluded)%s", render_colour(DIM), render_colour(PLAIN));
	render_line(line);
}

static int run(struct cmd_call *call)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct ba_rows *rows;
	int r;

	if (nul && call->json)
		return cmd_misuse(&cmd_files_entry, "-0 and --json exclude each other");
	if (ba_files(call->ba, call->run, which, &rows) < 0)
		return cmd_failed(call);
	if (call->json)
		return cmd_print_json(call, rows);
	while ((r = ba_rows_next(rows)) > 0)
		print_file(rows, &line);
	ba_rows_free(rows);
	return r < 0 ? cmd_failed(call) : 0;
}

const struct cmd cmd_files_entry = {
	.name = "files",
	.usage = "[-0] [--all] [--created] [--modified] [--same] [--removed] [--json] [RUN]",
	.help = "what a run changed: change, type, path",
	.flags = CMD_DB_READ | CMD_RUN | CMD_JSON,
	.options = options,
	.option = option,
	.run = run,
};
