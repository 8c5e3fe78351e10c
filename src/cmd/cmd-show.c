/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "cmd/at.h"
#include "cmd/cmd.h"
#include "cmd/difference.h"
#include "cmd/total.h"
#include "render/argv.h"
#include "render/json.h"
#include "render/notes.h"
#include "render/since.h"
#include "render/text.h"

#define FAILED_SHOWN 10
#define REPLACED_SHOWN 20

static bool verbose;

/* "what      " in front of a line of the page. */
static void head(struct buf *line, const char *what)
{
	buf_addf(line, "%s%-10s%s", render_colour(BOLD), what, render_colour(PLAIN));
}

/* A row of its own in --json: what it is of, then its columns. */
static void print_object(const char *what, const struct buf *row)
{
	_cleanup_buf_ struct buf line = BUF_INIT;

	if (!row->data || !row->len)
		return;
	buf_addf(&line, "{\"row\":\"%s\",%s", what, row->data + 1);
	render_line(&line);
}

static void print_json(const struct ba_rows *rows, const char *what)
{
	_cleanup_buf_ struct buf row = BUF_INIT;

	render_json_row(rows, &row);
	print_object(what, &row);
}

static void print_name(const struct ba_rows *run, struct buf *line)
{
	head(line, "run");
	buf_adds(line, row_text(run, "run_id"));
	if (*row_text(run, "name"))
		buf_adds(line, ", of ");
	render_install(line, run);
	if (*row_text(run, "label")) {
		buf_adds(line, ", label ");
		render_name(line, row_text(run, "label"), strlen(row_text(run, "label")));
	}
	if (*row_text(run, "kind"))
		buf_addf(line, ", the %s of run %s", row_text(run, "kind"),
			row_text(run, "of_run"));
	render_line(line);
}

static void print_when(const struct ba_rows *run, struct buf *line)
{
	head(line, "when");
	render_date(line, row_text(run, "started_at"));
	if (ba_rows_type(run, ba_rows_column(run, "duration_s")) != BA_NULL) {
		buf_adds(line, ", ");
		render_duration(line, ba_rows_real(run, ba_rows_column(run, "duration_s")));
	}
	buf_adds(line, ", exit status ");
	render_exit(line, run);
	buf_addf(line, ", %s", row_text(run, "state"));
	render_line(line);
}

static void print_notes(const char *notes, struct buf *line)
{
	size_t len;

	for (; *notes; notes += len) {
		notes += *notes == '\n';
		len = strcspn(notes, "\n");
		if (!len)
			continue;
		head(line, "note");
		render_name(line, notes, len);
		render_line(line);
	}
}

/* Where all of it is, nothing else on the page would tell of it. */
static void print_excluded(const struct ba_rows *run, struct buf *line)
{
	int64_t count = row_number(run, "excluded");

	if (!count)
		return;
	head(line, "excluded");
	buf_addf(line, "%lld path%s ('buildaudit files --all %s' lists them)", (long long)count,
		count == 1 ? "" : "s", row_text(run, "run_id"));
	render_line(line);
}

static int print_since(const struct cmd_call *call, const struct ba_rows *run, struct buf *line)
{
	_cleanup_buf_ struct buf since = BUF_INIT;
	int r = render_since(&since, call->ba, row_number(run, "run_id"));

	if (r < 0 || !since.len)
		return r;
	head(line, "since");
	buf_adds(line, since.data);
	render_line(line);
	return r;
}

static int print_run(const struct cmd_call *call, const struct ba_rows *run, struct buf *line)
{
	print_name(run, line);
	head(line, "command");
	render_command(line, row_text(run, "argv"), render_line_width());
	render_line(line);
	head(line, "where");
	render_name(line, row_text(run, "cwd"), strlen(row_text(run, "cwd")));
	render_line(line);
	print_when(run, line);
	print_excluded(run, line);
	print_notes(row_text(run, "notes"), line);
	return print_since(call, run, line);
}

static int print_run_json(const struct cmd_call *call, const struct ba_rows *run)
{
	_cleanup_buf_ struct buf row = BUF_INIT;
	int r;

	render_json_row(run, &row);
	r = render_since_json(&row, call->ba, row_number(run, "run_id"));
	if (r >= 0)
		print_object("run", &row);
	return r;
}

/* The rows of view runs that are meant: the one, or all commands of that name, oldest last. */
static int each_run(const struct cmd_call *call)
{
	const char *name = call->run < 0 ? call->what : NULL;
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct ba_rows *rows;
	int r = name ? ba_runs(call->ba, &rows) : ba_run(call->ba, call->run, &rows);

	if (r < 0)
		return r;
	while (r >= 0 && (r = ba_rows_next(rows)) > 0) {
		if (name && (strcmp(row_text(rows, "name"), name) != 0 || *row_text(rows, "kind")))
			continue;
		r = call->json ? print_run_json(call, rows) : print_run(call, rows, &line);
	}
	ba_rows_free(rows);
	return r;
}

static void print_install(const struct ba_rows *install, struct buf *line)
{
	head(line, "install");
	render_install(line, install);
	buf_addf(line, ", %s", row_text(install, "state"));
	render_line(line);
	head(line, "owns");
	buf_addf(line, "%s file%s, ", row_text(install, "files"),
		row_number(install, "files") == 1 ? "" : "s");
	render_size(line, row_number(install, "bytes"));
	render_line(line);
}

/* The row of the install that is meant. */
static int each_install(const struct cmd_call *call)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct ba_rows *rows;
	int r = ba_installs(call->ba, call->what, &rows);

	if (r < 0)
		return r;
	while ((r = ba_rows_next(rows)) > 0) {
		if (call->json)
			print_json(rows, "install");
		else
			print_install(rows, &line);
	}
	ba_rows_free(rows);
	return r;
}

enum { CREATED, REPLACED, SET, SAME, REMOVED, KINDS };

static int kind_of(const struct ba_rows *file)
{
	const char *change = row_text(file, "change");

	if (*change == 'm' && row_number(file, "same"))
		return SAME;
	/* A folder has no content that could be another. */
	if (*change == 'm')
		return !strcmp(row_text(file, "content_changed"), "0") ||
				!strcmp(row_text(file, "type"), "dir") ?
			SET :
			REPLACED;
	return *change == 'c' ? CREATED : REMOVED;
}

static int print_totals(const struct cmd_call *call)
{
	static const char *const words[KINDS] = { "created", "replaced",
		"given another mode or owner", "the same", "removed" };
	_cleanup_buf_ struct buf line = BUF_INIT;
	int64_t count[KINDS] = { 0 }, bytes[KINDS] = { 0 };
	struct total total = { 0 };
	struct ba_rows *rows;
	int kind, r = ba_files(call->ba, call->run, BA_FILES_CHANGES, &rows);

	if (r < 0)
		return r;
	while ((r = ba_rows_next(rows)) > 0) {
		kind = kind_of(rows);
		count[kind]++;
		if (!strcmp(row_text(rows, "type"), "file"))
			bytes[kind] += total_size(&total, rows);
	}
	ba_rows_free(rows);
	total_release(&total);
	head(&line, "changed");
	for (kind = 0; kind < KINDS; kind++) {
		if (kind == SET && !count[kind])
			continue;
		buf_addf(&line, "%s%lld %s", kind ? ", " : "", (long long)count[kind], words[kind]);
		if (!bytes[kind])
			continue;
		buf_adds(&line, " (");
		render_size(&line, bytes[kind]);
		buf_addc(&line, ')');
	}
	render_line(&line);
	return r;
}

static bool has_failed(const struct ba_rows *process)
{
	return row_number(process, "exit_status") != 0 || row_number(process, "term_signal") != 0;
}

static void print_failed(const struct ba_rows *process, struct buf *line)
{
	head(line, "failed");
	render_exit(line, process);
	buf_addf(line, "  pid %s  ", row_text(process, "pid"));
	render_command(line, row_text(process, "argv"), render_line_width());
	render_line(line);
}

/* What is too much for a page. */
static void print_more(size_t n, size_t shown)
{
	_cleanup_buf_ struct buf line = BUF_INIT;

	if (verbose || n <= shown)
		return;
	head(&line, "");
	buf_addf(&line, "and %zu more (-v)", n - shown);
	render_line(&line);
}

/* Tests end with 1 on purpose, too: a person is told of them, not warned. */
static int each_failed(const struct cmd_call *call)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct ba_rows *rows;
	size_t n = 0;
	int r = ba_tree(call->ba, call->run, &rows);

	if (r < 0)
		return r;
	while ((r = ba_rows_next(rows)) > 0) {
		if (!has_failed(rows))
			continue;
		if (call->json)
			print_json(rows, "failed");
		else if (n++ < FAILED_SHOWN || verbose)
			print_failed(rows, &line);
	}
	ba_rows_free(rows);
	print_more(n, FAILED_SHOWN);
	return r;
}

static void print_replaced(const struct cmd_call *call, const struct ba_rows *rows,
	struct buf *line)
{
	bool file = !strcmp(row_text(rows, "old_type"), "file");
	size_t len;
	const char *path = ba_rows_text(rows, ba_rows_column(rows, "path"), &len);

	head(line, !strcmp(row_text(rows, "change"), "removed") ? "removed" : "replaced");
	render_name(line, path, len);
	buf_adds(line, "  ");
	if (file) {
		render_size(line, row_number(rows, "old_size"));
		if (!strcmp(row_text(rows, "type"), "file") && *row_text(rows, "last_size")) {
			buf_adds(line, " -> ");
			render_size(line, row_number(rows, "last_size"));
		}
		buf_adds(line, ", ");
		difference_where(call, rows, line);
	} else {
		buf_adds(line, row_text(rows, "old_type"));
	}
	render_line(line);
}

/*
 * Each that was overwritten or removed; with PATHs what is there, from old to new. What an
 * install only wrote again over its own is no news on its page.
 */
static int each_replaced(const struct cmd_call *call, struct at *at)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct ba_rows *rows;
	size_t n = 0;
	int r = ba_replaced(call->ba, call->run, &rows);

	if (r < 0)
		return r;
	while (r >= 0 && (r = ba_rows_next(rows)) > 0) {
		if (!at_any(at, call->argc, row_text(rows, "path")))
			continue;
		if (call->json)
			print_json(rows, "replaced");
		else if (call->argc)
			r = difference_print(call, rows);
		else if (verbose || (!row_number(rows, "own") && n++ < REPLACED_SHOWN))
			print_replaced(call, rows, &line);
	}
	ba_rows_free(rows);
	print_more(n, REPLACED_SHOWN);
	return r;
}

static int print_page(const struct cmd_call *call)
{
	int r = call->run < 0 ? each_install(call) : 0;

	if (r >= 0)
		r = each_run(call);
	if (r >= 0 && !call->json)
		r = print_totals(call);
	if (r >= 0)
		r = each_failed(call);
	if (r >= 0)
		r = each_replaced(call, NULL);
	return r;
}

static int print_paths(const struct cmd_call *call, struct at *at)
{
	int i, status = 0;

	if (each_replaced(call, at) < 0)
		return cmd_failed(call);
	for (i = 0; i < call->argc; i++)
		if (!at[i].found) {
			say_always("nothing that it replaced or removed is at %s", at[i].word);
			status = EXIT_NO;
		}
	return status;
}

static int run(struct cmd_call *call)
{
	struct at *at = at_read_all(call->argv, call->argc);
	int status = EXIT_FAILED;

	if (at && call->argc)
		status = print_paths(call, at);
	else if (at)
		status = print_page(call) < 0 ? cmd_failed(call) : 0;
	at_release_all(at, call->argc);
	return status;
}

static int option(const struct cmd_option *o, const char *value)
{
	(void)o;
	(void)value;
	verbose = true;
	return 0;
}

static const struct cmd_option options[] = {
	{ 'v', "verbose", NULL, "all that failed and all that was replaced, however much" },
	{ 0 },
};

const struct cmd cmd_show_entry = {
	.name = "show",
	.usage = "[--json] [-v] [NAME|RUN] [PATH...]",
	.help = "one page on a run or an install: what, when, totals, notes, what was replaced\n"
		"With PATHs the replaced files there, from old to new, as 'diff -u' has it. A\n"
		"PATH begins with / or . or has a slash or a wildcard in it.\n"
		"Exit status 1: nothing was replaced at one of them.",
	.flags = CMD_DB_READ | CMD_RUN | CMD_LOOKS | CMD_PATHS | CMD_JSON | CMD_PAGED,
	.options = options,
	.option = option,
	.run = run,
};
