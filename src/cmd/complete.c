/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/complete.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mix.h"
#include "base/u64map.h"
#include "cmd/checkinstall-options.h"
#include "cmd/commands.h"
#include "render/argv.h"
#include "render/program.h"
#include "render/text.h"

/* More runs than these are not offered. */
#define RUNS_SHOWN 50

struct typed {
	char **words;
	int count;
	const char *begun, *db;
	const struct cmd *cmd; /* NULL: none is named yet */
	bool leads;            /* a subcommand may follow */
	int first;             /* the place of the first word after it, or after leading options */
	const char *else_what;
};

/* A tab or a newline in it would be another word. */
static bool is_plain(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return false;
	return true;
}

static void offer(const struct typed *l, const char *word, const char *meaning)
{
	if (!strncmp(word, l->begun, strlen(l->begun)) && is_plain(word))
		printf("%s\t%s\n", word, is_plain(meaning) ? meaning : "");
}

/* Values that are written in lower case are themselves; in upper case it is what they stand for. */
static void offer_values(const struct typed *l, const char *name, const char *value)
{
	_cleanup_buf_ struct buf word = BUF_INIT;
	size_t len;

	value += strspn(value, "[=");
	if (*value < 'a' || *value > 'z')
		return;
	for (; *value && *value != ']'; value += len + (value[len] == '|')) {
		len = strcspn(value, "|]");
		buf_addf(&word, "--%s=%.*s", name, (int)len, value);
		if (word.failed)
			return;
		offer(l, word.data, "");
		buf_reset(&word);
	}
}

static void offer_option(struct typed *l, const char *name, const char *value, const char *help)
{
	char word[128];
	size_t len = strlen(name);

	if (!strncmp(l->begun, "--", 2) && !strncmp(l->begun + 2, name, len) &&
		l->begun[2 + len] == '=' && value) {
		l->else_what = "files";
		offer_values(l, name, value);
		return;
	}
	snprintf(word, sizeof word, "--%s%s", name, value && *value != '[' ? "=" : "");
	offer(l, word, help);
}

static void offer_options(struct typed *l)
{
	const struct cmd_option *o;
	const struct ci_option *c;
	size_t i;

	for (i = 0; l->leads && (o = cmd_leading(i)); i++)
		offer_option(l, o->name, o->value, o->help);
	for (o = l->cmd->options; o && o->name; o++)
		offer_option(l, o->name, o->value, o->help);
	for (i = 0; (o = cmd_common(l->cmd, i)); i++)
		if (o->name)
			offer_option(l, o->name, o->value, o->help);
	for (i = 0; l->cmd == &cmd_checkinstall_entry && (c = ci_option_at(i)); i++)
		if (c->name && c->kind != HEADING && c->kind != NOTHING)
			offer_option(l, c->name, c->value, c->help);
}

static void offer_commands(const struct typed *l)
{
	const struct cmd *cmd;
	char meaning[128];
	size_t i;

	for (i = 0; (cmd = commands_at(i)); i++) {
		snprintf(meaning, sizeof meaning, "%.*s", (int)strcspn(cmd->help, "\n"), cmd->help);
		offer(l, cmd->name, meaning);
	}
}

static struct ba *open_database(const struct typed *l)
{
	char place[PATH_MAX];
	struct ba *ba;

	if (!l->db && ba_default_path(place, sizeof place) < 0)
		return NULL;
	return ba_open(&ba, l->db ? l->db : place, BA_READ, NULL) < 0 ? NULL : ba;
}

static void offer_run(const struct typed *l, const struct ba_rows *run)
{
	_cleanup_buf_ struct buf command = BUF_INIT, version = BUF_INIT;

	render_command(&command, row_text(run, "argv"), 60);
	buf_adds(&command, "");
	buf_addf(&version, "%s@%s", row_text(run, "name"), row_text(run, "version"));
	if (command.failed || version.failed)
		return;
	offer(l, row_text(run, "run_id"), command.data ? command.data : "");
	if (*row_text(run, "label"))
		offer(l, row_text(run, "label"), command.data ? command.data : "");
	if (*row_text(run, "name") && *row_text(run, "version") && strchr(l->begun, '@'))
		offer(l, version.data, "");
}

static void offer_runs(const struct typed *l, struct ba *ba)
{
	struct ba_rows *rows;
	int n = 0;

	offer(l, "latest", "the newest command, past any undo");
	if (ba_runs(ba, &rows) == 0) {
		while (n++ < RUNS_SHOWN && ba_rows_next(rows) > 0)
			offer_run(l, rows);
		ba_rows_free(rows);
	}
	if (ba_installs(ba, NULL, &rows) == 0) {
		while (ba_rows_next(rows) > 0)
			offer(l, row_text(rows, "name"), row_text(rows, "version"));
		ba_rows_free(rows);
	}
}

static bool is_begun_by(const struct buf *folder, const char *path)
{
	return folder->len && !strncmp(path, folder->data, folder->len) &&
		path[folder->len] == '/' && !path[folder->len + 1];
}

/*
 * Of each name on record that goes on as the word does, the part up to the next slash; a folder in
 * which something is on record is gone on with.
 */
static void offer_parts(const struct typed *l, struct ba_rows *paths)
{
	_cleanup_buf_ struct buf last = BUF_INIT, part = BUF_INIT;
	size_t len;

	while (ba_rows_next(paths) > 0) {
		const char *path = ba_rows_text(paths, 0, NULL);

		len = strlen(l->begun);
		if (strncmp(path, l->begun, len) != 0)
			continue;
		len += strcspn(path + len, "/");
		buf_reset(&part);
		buf_add(&part, path, len + (path[len] == '/'));
		if (part.failed || last.failed || (last.data && !strcmp(part.data, last.data)))
			continue;
		if (last.len && !is_begun_by(&last, part.data))
			offer(l, last.data, "");
		buf_reset(&last);
		buf_adds(&last, part.data);
	}
	if (last.len && !last.failed)
		offer(l, last.data, "");
}

static void offer_paths(const struct typed *l, struct ba *ba)
{
	_cleanup_buf_ struct buf folder = BUF_INIT;
	const char *slash = strrchr(l->begun, '/');
	struct ba_rows *paths;

	if (*l->begun != '/')
		return;
	buf_add(&folder, l->begun, slash > l->begun ? (size_t)(slash - l->begun) : 1);
	if (folder.failed || ba_paths(ba, folder.data, &paths) < 0)
		return;
	offer_parts(l, paths);
	ba_rows_free(paths);
}

/* Is the next word the value of this option? */
static bool takes_word(const struct cmd *cmd, const char *word)
{
	const struct cmd_option *o;

	for (o = cmd->options; o && o->name; o++)
		if (o->value && *o->value != '[' &&
			((o->letter && word[1] == o->letter && !word[2]) ||
				(word[1] == '-' && !strcmp(word + 2, o->name))))
			return true;
	return false;
}

/* The next word before the one that is begun which is no option, nor the value of one. */
static int next_word(const struct typed *l, int i)
{
	while (i < l->count - 1 && *l->words[i] == '-' && strcmp(l->words[i], "--") != 0)
		i += 1 + takes_word(l->cmd, l->words[i]);
	return i;
}

/* Where a command begins that is to be recorded; 0: not yet. */
static int find_recorded(const struct typed *l)
{
	int i = next_word(l, l->first);

	return i >= l->count - 1 ? 0 : i + !strcmp(l->words[i], "--");
}

/* Of most commands one RUN is all that they take; that which was given, or NULL. */
static const char *run_given(const struct typed *l, struct ba *ba)
{
	int64_t run;
	int i = next_word(l, l->first);

	for (; i < l->count - 1; i = next_word(l, i + 1))
		if (ba_run_find(ba, l->words[i], &run) == 0)
			return l->words[i];
	return NULL;
}

static void offer_program(const struct typed *l, const char *name, struct u64map *offered)
{
	bool added;

	if (u64map_put(offered, mix_bytes(name, strlen(name)), &added) && added)
		offer(l, name, "a program that it ran");
}

/* Each once, by what it was called, in the order in which they ran first. */
static void offer_programs(const struct typed *l, struct ba *ba, const char *run)
{
	_cleanup_(u64map_release) struct u64map offered = { 0 };
	struct ba_rows *rows;
	int64_t id;

	if (ba_run_find(ba, run, &id) < 0 || ba_timeline(ba, id, &rows) < 0)
		return;
	while (ba_rows_next(rows) > 0) {
		_cleanup_buf_ struct buf words = BUF_INIT;
		size_t n = argv_words(row_text(rows, "argv"), &words);
		const char *word = n && !words.failed ? words.data : "";

		offer_program(l, program_called(word, row_text(rows, "exe")), &offered);
	}
	ba_rows_free(rows);
}

static void offer_words(struct typed *l)
{
	struct ba *ba = open_database(l);
	bool one = l->cmd->flags & CMD_RUN;
	bool runs = one || l->cmd == &cmd_forget_entry || l->cmd == &cmd_diff_entry ||
		l->cmd == &cmd_list_entry;
	bool paths = l->cmd->flags & CMD_PATHS || l->cmd == &cmd_who_entry ||
		l->cmd == &cmd_owner_entry;
	const char *given = ba && one ? run_given(l, ba) : NULL;

	if (ba && runs && !given)
		offer_runs(l, ba);
	if (ba && l->cmd == &cmd_tree_entry)
		offer_programs(l, ba, given);
	if (ba && paths)
		offer_paths(l, ba);
	if (paths)
		l->else_what = "files";
	if (l->cmd == &cmd_help_entry)
		offer_commands(l);
	ba_close(ba);
}

static bool records(const struct cmd *cmd)
{
	return cmd->flags & CMD_COMMAND || cmd == &cmd_checkinstall_entry;
}

/* The options that stand before a subcommand, and it. */
static void read_line(struct typed *l)
{
	int i;

	for (i = 0; i < l->count - 1; i++) {
		const char *word = l->words[i];

		if ((!strcmp(word, "-d") || !strcmp(word, "--db")) && i + 1 < l->count - 1)
			l->db = l->words[++i];
		else if (!strncmp(word, "--db=", 5))
			l->db = word + 5;
		else if (*word != '-' && !l->cmd) {
			l->cmd = commands_find(word);
			l->first = l->cmd ? i + 1 : i;
			l->cmd = l->cmd ? l->cmd : &cmd_run_entry;
		}
	}
}

int complete(int argc, char **argv)
{
	struct typed l = { .words = argv + 1, .count = argc - 1, .else_what = "" };
	const char *before;
	char command[32];
	int recorded;

	if (argc < 2)
		return EXIT_USAGE;
	l.begun = argv[argc - 1];
	before = argc > 2 ? argv[argc - 2] : "";
	read_line(&l);
	recorded = l.cmd && records(l.cmd) ? find_recorded(&l) : 0;
	if (recorded) {
		snprintf(command, sizeof command, "command %d", recorded);
		l.else_what = command;
	} else if (!strcmp(before, "-d") || !strcmp(before, "-o")) {
		l.else_what = "files";
	} else if (*l.begun == '-') {
		l.leads = !l.cmd;
		l.cmd = l.cmd ? l.cmd : &cmd_run_entry;
		offer_options(&l);
	} else if (!l.cmd || records(l.cmd)) {
		if (!l.cmd)
			offer_commands(&l);
		snprintf(command, sizeof command, "command %d", l.count - 1);
		l.else_what = command;
	} else {
		offer_words(&l);
	}
	printf(":%s\n", l.else_what);
	return 0;
}
