/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "cmd/cmd.h"
#include "cmd/total.h"
#include "render/json.h"
#include "render/table.h"
#include "render/text.h"

static bool all, nul;

/* What is printed of a row, with what it is sorted by. */
struct listed {
	char *text;
	size_t len, at; /* the bytes of it; its place by path */
	int64_t key;
};

static bool by_size, by_date;

static const struct cmd_option options[] = {
	{ 0, "all", NULL, "installs that own nothing, too" },
	{ '0', "null", NULL, "only the names, or the paths, exact, each with a NUL behind it" },
	{ 0, "sort", "path|size|date", "the largest and the newest come last" },
	{ 0, NULL, NULL, NULL },
};

static int option(const struct cmd_option *o, const char *value)
{
	if (!strcmp(o->name, "all")) {
		all = true;
	} else if (o->letter == '0') {
		nul = true;
	} else {
		by_size = !strcmp(value, "size");
		by_date = !strcmp(value, "date");
		if (!by_size && !by_date && strcmp(value, "path") != 0)
			return cmd_misuse(&cmd_list_entry,
				"--sort takes path, size or date, not '%s'", value);
	}
	return 0;
}

/* "2026-01-31T10:00:00.123Z" -> nanoseconds are not needed to sort by: digits are */
static int64_t key_of(const struct ba_rows *rows, const char *size)
{
	int mtime = ba_rows_column(rows, "mtime_ns");
	const char *c;
	int64_t key = 0;

	if (by_size)
		return row_number(rows, size);
	if (!by_date)
		return 0;
	if (mtime >= 0)
		return ba_rows_int(rows, mtime);
	for (c = row_text(rows, "last_at"); *c; c++)
		if (*c >= '0' && *c <= '9')
			key = key * 10 + (*c - '0');
	return key;
}

static int compare(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->at < y->at ? -1 : 1;
}

struct listing {
	struct listed *lines;
	size_t count;
};

static int keep(struct listing *l, struct buf *text, int64_t key)
{
	struct listed *line = ARRAY_MORE(l->lines, l->count);

	if (!line)
		return -ENOMEM;
	line->at = l->count;
	line->len = text->len;
	line->key = key;
	line->text = buf_steal(text);
	return line->text ? 0 : -ENOMEM;
}

/* The rows as they come are sorted by path, or name. */
static void print_sorted(struct listing *l)
{
	size_t i;

	qsort(l->lines, l->count, sizeof *l->lines, compare);
	for (i = 0; i < l->count; i++)
		fwrite(l->lines[i].text, 1, l->lines[i].len, stdout);
}

static void listing_release(struct listing *l)
{
	while (l->count)
		free(l->lines[--l->count].text);
	free(l->lines);
}

static int out_of_memory(void)
{
	say_always("out of memory");
	return EXIT_FAILED;
}

static void write_exact(struct buf *out, const struct ba_rows *rows, const char *column)
{
	size_t len;
	const char *name = ba_rows_text(rows, ba_rows_column(rows, column), &len);

	buf_add(out, name, len);
	buf_addc(out, '\0');
}

static void write_owned(const struct ba_rows *rows, struct buf *out)
{
	size_t len;
	const char *path = ba_rows_text(rows, ba_rows_column(rows, "path"), &len);

	buf_addf(out, "%-7s  ", row_text(rows, "type"));
	total_write_size(out, rows);
	render_name(out, path, len);
	total_write_target(out, rows);
	buf_adds(out, total_is_missing(rows) ? "  (missing)\n" : "\n");
}

static void write_row(const struct cmd_call *call, const struct ba_rows *rows, const char *name,
	struct buf *out)
{
	if (nul) {
		write_exact(out, rows, name);
	} else if (call->json) {
		render_json_row(rows, out);
		buf_addc(out, '\n');
	} else {
		write_owned(rows, out);
	}
}

/* Does the list of installs say so of this one? */
static bool is_gone(const struct cmd_call *call, int64_t run)
{
	struct ba_rows *rows;
	bool gone = false;

	if (run > 0 || ba_installs(call->ba, call->argv[0], &rows) < 0)
		return false;
	while (ba_rows_next(rows) > 0)
		gone = !strcmp(row_text(rows, "state"), "gone");
	ba_rows_free(rows);
	return gone;
}

/* Somebody else took it out, a package manager say: on record it is there still. */
static void say_gone(const struct cmd_call *call, int64_t run, bool there)
{
	if (!there)
		say_always("none of these files is there any more; 'buildaudit uninstall %s' takes "
			 "it off the list", call->argv[0]);
	else if (is_gone(call, run))
		say_always("none of the files that it put there is there any more, only what "
			 "others have, too; 'buildaudit uninstall %s' takes it off the list, "
			 "--force also where that was changed since", call->argv[0]);
}

/* What an install, or a run, owns now. */
static int list_owned(const struct cmd_call *call)
{
	_cleanup_(listing_release) struct listing l = { NULL, 0 };
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct total total = { 0 };
	struct ba_rows *rows;
	bool any = false, there = false;
	int64_t run;
	int r;

	if (ba_run_find(call->ba, call->argv[0], &run) < 0 ||
		ba_owned_by(call->ba, run, &rows) < 0)
		return cmd_failed(call);
	while ((r = ba_rows_next(rows)) > 0) {
		total_add(&total, rows);
		if (strcmp(row_text(rows, "type"), "dir") != 0) {
			any = true;
			there |= !total_is_missing(rows);
		}
		write_row(call, rows, "path", &out);
		if (keep(&l, &out, key_of(rows, "size")) < 0)
			break;
	}
	ba_rows_free(rows);
	print_sorted(&l);
	if (r == 0 && !call->json && !nul) {
		total_write(&total, &out);
		render_line(&out);
	}
	if (r == 0 && any)
		say_gone(call, run, there);
	total_release(&total);
	return r < 0 ? cmd_failed(call) : r ? out_of_memory() : 0;
}

static const char *const heads[] = { "NAME", "VERSION", "FILES", "SIZE", "DATE", "STATE" };

static void write_cell(const char *text, struct buf *out)
{
	render_name(out, text, strlen(text));
	buf_addc(out, '\0');
}

/* The cells of an install, a NUL behind each. */
static void write_install(const struct ba_rows *rows, struct buf *out)
{
	write_cell(row_text(rows, "name"), out);
	write_cell(row_text(rows, "version"), out);
	write_cell(row_text(rows, "files"), out);
	render_size(out, row_number(rows, "bytes"));
	buf_addc(out, '\0');
	render_date(out, row_text(rows, "last_at"));
	buf_addc(out, '\0');
	write_cell(row_text(rows, "state"), out);
}

static void print_table(struct listing *l)
{
	_cleanup_buf_ struct buf cell = BUF_INIT;
	_cleanup_table_ struct table t = { .numbers = 1 << 2 | 1 << 3 };
	size_t i, k;
	const char *s;

	qsort(l->lines, l->count, sizeof *l->lines, compare);
	for (i = 0; i < l->count; i++)
		for (k = 0, s = l->lines[i].text; k < ARRAY_SIZE(heads); k++, s += strlen(s) + 1) {
			buf_adds(&cell, s);
			table_add(&t, &cell);
		}
	if (t.count)
		table_print(&t, ARRAY_SIZE(heads), heads);
}

/* One that is gone does so on record. */
static bool owns_something(const struct ba_rows *install)
{
	const char *state = row_text(install, "state");

	return !strcmp(state, "installed") || !strcmp(state, "gone");
}

static int list_installs(const struct cmd_call *call)
{
	_cleanup_(listing_release) struct listing l = { NULL, 0 };
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct ba_rows *rows;
	int r;

	if (ba_installs(call->ba, NULL, &rows) < 0)
		return cmd_failed(call);
	while ((r = ba_rows_next(rows)) > 0) {
		if (!all && !owns_something(rows))
			continue;
		if (nul || call->json)
			write_row(call, rows, "name", &out);
		else
			write_install(rows, &out);
		if (keep(&l, &out, key_of(rows, "bytes")) < 0)
			break;
	}
	ba_rows_free(rows);
	if (nul || call->json)
		print_sorted(&l);
	else
		print_table(&l);
	return r < 0 ? cmd_failed(call) : r ? out_of_memory() : 0;
}

static int run(struct cmd_call *call)
{
	if (call->argc > 1)
		return cmd_misuse(&cmd_list_entry, "one NAME at a time: '%s' is left over",
			call->argv[1]);
	if (nul && call->json)
		return cmd_misuse(&cmd_list_entry, "-0 does not go with --json");
	return call->argc ? list_owned(call) : list_installs(call);
}

const struct cmd cmd_list_entry = {
	.name = "list",
	.usage = "[--all] [-0] [--sort=KEY] [--json] [NAME]",
	.help = "the installs, or what one of them owns now\n"
		"An install is all runs of one name; a file is the newest one's that left it.\n"
		"NAME may be a run, too: what it left, and nothing newer took over.",
	.flags = CMD_DB_READ | CMD_JSON | CMD_PAGED,
	.options = options,
	.option = option,
	.run = run,
};
