/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "cmd/at.h"
#include "cmd/cmd.h"
#include "cmd/total.h"
#include "render/json.h"
#include "render/text.h"

static unsigned int which;
static bool nul, at_length;

static const struct cmd_option options[] = {
	{ 'l', "long", NULL, "sizes in bytes and what links hold, too, and what it all comes to" },
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
	else if (o->letter == 'l')
		at_length = true;
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

	buf_adds(line, render_colour(colour_of(change)));
	render_cell(line, change, 8);
	buf_addf(line, "%s  %-7s  ", render_colour(PLAIN), ba_rows_text(rows, TYPE, NULL));
	if (at_length)
		total_write_size(line, rows);
	render_name(line, path, len);
	if (at_length)
		total_write_target(line, rows);
	if (ba_rows_type(rows, RDEV) != BA_NULL) {
		buf_adds(line, "  (");
		render_device(line, ba_rows_int(rows, RDEV), ':');
		buf_addc(line, ')');
	}
	if (ba_rows_int(rows, EXCLUDED))
		buf_addf(line, "%s  (excluded)%s", render_colour(DIM), render_colour(PLAIN));
	render_line(line);
}

static void print_row(const struct cmd_call *call, const struct ba_rows *rows, struct buf *line)
{
	size_t len;
	const char *path = ba_rows_text(rows, PATH, &len);

	if (nul) {
		fwrite(path, 1, len + 1, stdout);
	} else if (call->json) {
		render_json_row(rows, line);
		render_line(line);
	} else {
		print_file(rows, line);
	}
}

/* Nothing at all would look like a run that did nothing. */
static int say_excluded(const struct cmd_call *call)
{
	struct ba_rows *run;
	int64_t count = 0;
	int r = ba_run(call->ba, call->run, &run);

	if (r < 0)
		return cmd_failed(call);
	while ((r = ba_rows_next(run)) > 0)
		count = row_number(run, "excluded");
	ba_rows_free(run);
	if (count)
		say_always("all that run %lld changed is excluded: 'buildaudit files --all %lld' "
			 "lists it", (long long)call->run, (long long)call->run);
	return r < 0 ? cmd_failed(call) : 0;
}

static int print_files(const struct cmd_call *call, struct at *at)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct total total = { 0 };
	struct ba_rows *rows;
	bool any = false;
	int r;

	if (ba_files(call->ba, call->run, which, &rows) < 0)
		return cmd_failed(call);
	while ((r = ba_rows_next(rows)) > 0) {
		if (!at_any(at, call->argc, ba_rows_text(rows, PATH, NULL)))
			continue;
		print_row(call, rows, &line);
		any = true;
		total_add(&total, rows);
	}
	ba_rows_free(rows);
	if (r == 0 && at_length && !call->json) {
		total_write(&total, &line);
		render_line(&line);
	}
	total_release(&total);
	if (r < 0)
		return cmd_failed(call);
	return any || which || call->argc || call->run < 0 ? 0 : say_excluded(call);
}

/* The PATHs at which nothing was. */
static int say_missing(const struct cmd_call *call, const struct at *at)
{
	int i, status = 0;

	for (i = 0; i < call->argc; i++) {
		if (at[i].found)
			continue;
		say_always("%s: nothing at %s", call->what, at[i].word);
		status = EXIT_NO;
	}
	return status;
}

static int run(struct cmd_call *call)
{
	struct at *at;
	int status;

	if (nul && (call->json || at_length))
		return cmd_misuse(&cmd_files_entry, "-0 goes with neither --json nor -l");
	at = at_read_all(call->argv, call->argc);
	status = at ? print_files(call, at) : EXIT_FAILED;
	if (status == 0)
		status = say_missing(call, at);
	at_release_all(at, call->argc);
	return status;
}

const struct cmd cmd_files_entry = {
	.name = "files",
	.usage = "[-l] [-0] [--all] [--created] [--modified] [--same] [--removed] "
		 "[--json] [RUN] [PATH...]",
	.help = "what a run changed: change, type, path\n"
		"With PATHs only what is there: a name, a folder with all below it, or a glob\n"
		"(quote it). A PATH begins with / or . or has a slash or a wildcard in it.\n"
		"Exit status 1: nothing is at one of them.",
	.flags = CMD_DB_READ | CMD_RUN | CMD_PATHS | CMD_JSON | CMD_PAGED,
	.options = options,
	.option = option,
	.run = run,
};
