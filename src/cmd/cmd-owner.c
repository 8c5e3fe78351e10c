/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/canonical.h"
#include "base/cleanup.h"
#include "base/mix.h"
#include "base/u64map.h"
#include "cmd/at.h"
#include "cmd/cmd.h"
#include "render/json.h"
#include "render/text.h"

/* "PROGRAM (PID)" of each process that was asked for: a folder's files are of few. */
struct writers {
	struct u64map known; /* process -> 1 + its place in words */
	struct buf *words;
	size_t count;
};

static int ask_writer(const struct cmd_call *call, int64_t id, struct buf *words)
{
	char sql[96];
	struct ba_rows *rows;
	int r;

	snprintf(sql, sizeof sql, "SELECT exe, pid FROM processes WHERE process_id = %lld",
		(long long)id);
	r = ba_sql(call->ba, sql, &rows);
	if (r < 0)
		return r;
	r = ba_rows_next(rows);
	if (r > 0) {
		const char *exe = ba_rows_text(rows, 0, NULL);

		render_name(words, exe, strlen(exe));
		buf_addf(words, *exe ? " (%s)" : "process %s", ba_rows_text(rows, 1, NULL));
	}
	ba_rows_free(rows);
	return r < 0 ? r : words->failed ? -ENOMEM : 0;
}

/* In words, which are the writers'; "" where none is on record. NULL: it failed. */
static const char *writer_of(const struct cmd_call *call, const struct ba_rows *rows,
	struct writers *w)
{
	int64_t id = row_number(rows, "process_id");
	struct buf *words;
	bool added;
	uint32_t *at;

	if (!id)
		return "";
	at = u64map_put(&w->known, mix64((uint64_t)id), &added);
	if (at && added && (words = ARRAY_MORE(w->words, w->count))) {
		*words = (struct buf)BUF_INIT;
		*at = (uint32_t)w->count;
		if (ask_writer(call, id, words) < 0)
			return NULL;
	}
	words = at && *at ? &w->words[*at - 1] : NULL;
	return words ? words->len ? words->data : "" : NULL;
}

static void writers_release(struct writers *w)
{
	while (w->count)
		buf_release(&w->words[--w->count]);
	free(w->words);
	u64map_release(&w->known);
}

/* Somebody took it away, and the install has not heard of it. */
static bool is_missing(const char *path)
{
	struct stat st;

	return lstat(path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR);
}

static void print_owned(const struct ba_rows *rows, const char *writer, struct buf *line)
{
	size_t len;
	const char *path = ba_rows_text(rows, ba_rows_column(rows, "path"), &len);
	bool named = *row_text(rows, "name") || *row_text(rows, "version");

	render_name(line, path, len);
	buf_adds(line, ": ");
	render_install(line, rows);
	buf_addf(line, "%s(run %s", named ? " " : "", row_text(rows, "run_id"));
	if (*writer)
		buf_addf(line, ", %s", writer);
	buf_adds(line, is_missing(path) ? "), missing" : ")");
	render_line(line);
}

static int print_row(const struct cmd_call *call, const struct ba_rows *rows, struct writers *w,
	struct buf *line)
{
	const char *writer;

	if (call->json) {
		render_json_row(rows, line);
		render_line(line);
		return 0;
	}
	writer = writer_of(call, rows, w);
	if (!writer)
		return -ENOMEM;
	print_owned(rows, writer, line);
	return 0;
}

/* All that is meant at and below a folder; what is also below `but` was printed before. */
static int owners_below(const struct cmd_call *call, struct at *at, const char *folder,
	const char *but)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	_cleanup_(writers_release) struct writers w = { 0 };
	struct ba_rows *rows;
	int r = ba_owned_below(call->ba, folder, &rows);

	if (r < 0)
		return r;
	while ((r = ba_rows_next(rows)) > 0) {
		const char *path = row_text(rows, "path");

		if (but && path_is_below(path, but))
			continue;
		if (at_matches(at, path) && (r = print_row(call, rows, &w, &line)) < 0)
			break;
	}
	ba_rows_free(rows);
	return r;
}

/* 1: something is owned there; 0: nothing; -1: failed, and said so. */
static int owner(const struct cmd_call *call, const char *word)
{
	char folder[PATH_MAX];
	struct at at;
	int r = at_read(&at, word), found;

	if (r < 0) {
		say_always("%s: %s", word, strerror(-r));
		at_release(&at);
		return -1;
	}
	at_folder(&at, folder, sizeof folder);
	if (!at.glob) /* a symlink, before where it leads */
		r = owners_below(call, &at, at.path, NULL);
	if (r == 0 && (at.glob || strcmp(folder, at.path) != 0))
		r = owners_below(call, &at, folder, at.glob ? NULL : at.path);
	found = at.found;
	at_release(&at);
	if (r < 0)
		cmd_failed(call);
	return r < 0 ? -1 : found;
}

static int run(struct cmd_call *call)
{
	int i, r, status = 0;

	if (call->argc == 0)
		return cmd_misuse(&cmd_owner_entry, "whose is which PATH?");
	for (i = 0; i < call->argc; i++) {
		r = owner(call, call->argv[i]);
		if (r < 0)
			return EXIT_FAILED;
		if (r == 0) {
			say_always("no install on record owns %s", call->argv[i]);
			status = EXIT_NO;
		}
	}
	return status;
}

const struct cmd cmd_owner_entry = {
	.name = "owner",
	.usage = "[--json] PATH...",
	.help = "which install, run and process the file now at PATH is from\n"
		"Of a folder, of all below it, too; a glob (quote it) is looked for among all\n"
		"names on record. Exit status 1: nobody's.",
	.flags = CMD_DB_READ | CMD_JSON | CMD_PAGED,
	.run = run,
};
