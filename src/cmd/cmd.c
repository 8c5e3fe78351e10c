/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/cmd.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "cmd/near.h"
#include "cmd/pager.h"
#include "cmd/relay.h"
#include "render/json.h"
#include "render/progress.h"
#include "render/terminal.h"
#include "render/text.h"

#define OPTIONS_MAX 96

enum { DATABASE, HELP, JSON, COLOUR, NO_PAGER };

static const struct cmd_option common[] = {
	[DATABASE] = { 'd', "db", "FILE",
		"the database (default: $BUILDAUDIT_DB, or the place the man page names)" },
	[HELP] = { 'h', "help", NULL, "this text" },
	[JSON] = { 0, "json", NULL, "one JSON object a line" },
	[COLOUR] = { 0, "color", "auto|always|never", "colours; auto: on a terminal" },
	[NO_PAGER] = { 0, "no-pager", NULL, "do not page what is longer than the terminal" },
};

/* Does the subcommand take it? */
static bool is_common(const struct cmd *cmd, size_t option)
{
	if (cmd->flags & CMD_OWN_OPTIONS)
		return false;
	switch (option) {
	case JSON:
		return cmd->flags & CMD_JSON;
	case COLOUR:
		return cmd->flags & (CMD_DB_READ | CMD_DB_WRITE);
	case NO_PAGER:
		return cmd->flags & CMD_PAGED;
	default:
		return true;
	}
}

const struct cmd_option *cmd_common(const struct cmd *cmd, size_t place)
{
	static const struct cmd_option none;

	if (place >= ARRAY_SIZE(common))
		return NULL;
	return is_common(cmd, place) ? &common[place] : &none;
}

const struct cmd_option *cmd_leading(size_t place)
{
	static const int leading[] = { COLOUR, NO_PAGER };

	return place < ARRAY_SIZE(leading) ? &common[leading[place]] : NULL;
}

int cmd_option_common(const char *name, const char *value)
{
	if (!strcmp(name, common[NO_PAGER].name)) {
		pager_forbid();
		return 0;
	}
	if (render_choose_colour(value))
		return 0;
	say_always("--color=%s: it is auto, always or never", value);
	return EXIT_USAGE;
}

static void usage_line(FILE *out, const struct cmd *cmd)
{
	fprintf(out, "usage: buildaudit %s%s%s\n", cmd->name, *cmd->usage ? " " : "", cmd->usage);
}

int cmd_misuse(const struct cmd *cmd, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	words_vsay(SAY_HEAD, fmt, ap);
	va_end(ap);
	usage_line(stderr, cmd);
	return EXIT_USAGE;
}

int cmd_failed(const struct cmd_call *call)
{
	say_always("%s", ba_error(call->ba));
	return EXIT_FAILED;
}

void cmd_warn_before(const struct ba_recording *rec, const char *command)
{
	char words[BA_WORDS];

	if (ba_recording_warning(rec, command, words) > 0)
		say_always("%s", words);
}

/* The column of the names; one that is longer has a line of its own. */
#define LEFT 24

static void print_option(const struct cmd_option *o)
{
	char left[64];

	snprintf(left, sizeof left, "%s%c%s--%s%s%s", o->letter ? "-" : "  ",
		o->letter ? o->letter : ' ', o->letter ? ", " : " ", o->name,
		o->value && *o->value != '[' ? "=" : "", o->value ? o->value : "");
	if (strlen(left) > LEFT)
		printf("  %s\n%*s %s\n", left, LEFT + 2, "", o->help);
	else
		printf("  %-*s %s\n", LEFT, left, o->help);
}

static void print_help(const struct cmd *cmd)
{
	const struct cmd_option *o;
	size_t i;

	usage_line(stdout, cmd);
	printf("\n%s\n\n", cmd->help);
	for (o = cmd->options; o && o->name; o++)
		print_option(o);
	for (i = 0; i < ARRAY_SIZE(common); i++)
		if (i != HELP && is_common(cmd, i))
			print_option(&common[i]);
	print_option(&common[HELP]);
}

/* getopt's two tables, from ours. */
struct getopt_tables {
	struct option longs[OPTIONS_MAX];
	char shorts[2 * OPTIONS_MAX + 3];
	const struct cmd_option *by_value[OPTIONS_MAX];
	int count;
};

static void add_option(struct getopt_tables *t, const struct cmd_option *o)
{
	size_t n = strlen(t->shorts);

	t->by_value[t->count] = o;
	t->longs[t->count] = (struct option){ o->name,
		!o->value             ? no_argument :
			*o->value == '[' ? optional_argument :
					   required_argument,
		NULL, 256 + t->count };
	t->count++;
	if (!o->letter)
		return;
	t->shorts[n++] = o->letter;
	if (o->value)
		t->shorts[n++] = ':';
	t->shorts[n] = '\0';
}

static const struct cmd_option *find_option(const struct getopt_tables *t, int c)
{
	int i;

	if (c >= 256)
		return t->by_value[c - 256];
	for (i = 0; i < t->count; i++)
		if (t->by_value[i]->letter == c)
			return t->by_value[i];
	return NULL;
}

static void fill_tables(struct getopt_tables *t, const struct cmd *cmd)
{
	const struct cmd_option *o;
	size_t i;

	memset(t, 0, sizeof *t);
	/* "+": the first word that is no option ends them, as run's COMMAND must; ":" tells a
	 * missing value from an unknown option. */
	snprintf(t->shorts, sizeof t->shorts, "%s:", cmd->flags & CMD_COMMAND ? "+" : "");
	for (i = 0; i < ARRAY_SIZE(common); i++)
		if (is_common(cmd, i))
			add_option(t, &common[i]);
	for (o = cmd->options; o && o->name; o++)
		add_option(t, o);
}

/* "--slwo" and "--slwo=1" are near to "--slow". */
static int unknown_option(const struct cmd *cmd, const struct getopt_tables *t, const char *given,
	bool leads)
{
	char name[64];
	struct near near = NEAR_OF(name);
	const struct cmd_option *o;
	size_t i;

	snprintf(name, sizeof name, "%.*s", (int)strcspn(given, "="), given);
	memmove(name, name + strspn(name, "-"), strlen(name + strspn(name, "-")) + 1);
	for (i = 0; t->longs[i].name; i++)
		near_try(&near, t->longs[i].name);
	for (i = 0; leads && (o = cmd_leading(i)); i++)
		near_try(&near, o->name);
	if (!near.found)
		return cmd_misuse(cmd, "there is no option '%s'", given);
	return cmd_misuse(cmd, "there is no option '%s' (did you mean '--%s'?)", given, near.found);
}

static int read_options(const struct cmd *cmd, int argc, char **argv, struct cmd_call *call,
	bool *help)
{
	struct getopt_tables t;
	int c, r = 0;

	fill_tables(&t, cmd);
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, t.shorts, t.longs, NULL)) != -1) {
		const struct cmd_option *o = c == '?' || c == ':' ? NULL : find_option(&t, c);

		if (c == ':')
			return cmd_misuse(cmd, "option '%s' needs a value", argv[optind - 1]);
		if (!o && optopt > 0 && optopt < 256)
			return cmd_misuse(cmd, "there is no option '-%c'", optopt);
		if (!o && optopt >= 256)
			return cmd_misuse(cmd, "option '%s' takes no value", argv[optind - 1]);
		if (!o)
			return unknown_option(cmd, &t, argv[optind - 1], !argv[0]);
		if (o == &common[DATABASE])
			call->db = optarg;
		else if (o == &common[HELP])
			*help = true;
		else if (o == &common[JSON])
			call->json = true;
		else if (o == &common[COLOUR] || o == &common[NO_PAGER])
			r = cmd_option_common(o->name, optarg);
		else
			r = cmd->option(o, optarg);
		if (r)
			return r;
	}
	call->named = argv[0] || (optind > 1 && !strcmp(argv[optind - 1], "--"));
	call->argc = argc - optind;
	call->argv = argv + optind;
	return 0;
}

static int open_database(const struct cmd *cmd, struct cmd_call *call)
{
	char words[BA_WORDS];

	if (!(cmd->flags & (CMD_DB_READ | CMD_DB_WRITE)))
		return 0;
	if (ba_open(&call->ba, call->db, cmd->flags & CMD_DB_WRITE ? BA_WRITE : BA_READ, words) <
		0) {
		say_always("%s", words);
		return EXIT_FAILED;
	}
	return 0;
}

/* The row of call->run, NULL where there is none; the caller frees it. */
static struct ba_rows *run_row(struct cmd_call *call)
{
	struct ba_rows *rows;

	if (ba_run(call->ba, call->run, &rows) < 0)
		return NULL;
	if (ba_rows_next(rows) > 0)
		return rows;
	ba_rows_free(rows);
	return NULL;
}

bool cmd_run_is(struct cmd_call *call, const char *state)
{
	struct ba_rows *row = run_row(call);
	bool is = row && !strcmp(row_text(row, "state"), state);

	ba_rows_free(row);
	return is;
}

/* An answer about a run that goes on is one for now, and says so. */
static void say_provisional(struct cmd_call *call)
{
	struct ba_rows *row = run_row(call);
	bool goes_on = row && !strcmp(row_text(row, "state"), "running");

	if (goes_on && *row_text(row, "settled_at"))
		say_always("%s goes on, processes of it live still: this is how it stood at %s",
			call->what, row_text(row, "settled_at"));
	else if (goes_on)
		say_always("%s is still being recorded", call->what);
	ba_rows_free(row);
}

static bool is_run(const struct cmd_call *call, const char *word)
{
	int64_t run;

	return ba_run_find(call->ba, word, &run) == 0;
}

/* No name of a run begins so, and one with a slash in it is first looked for among those. */
static bool is_path(const struct cmd_call *call, const char *word)
{
	return *word == '/' || *word == '.' || strpbrk(word, "*?[") ||
		(strchr(word, '/') && !is_run(call, word));
}

/* Takes RUN, at most one, out of the arguments; *run is NULL where it is not there. */
static int take_run(const struct cmd *cmd, struct cmd_call *call, const char **run)
{
	int i, n = 0;

	*run = NULL;
	for (i = 0; i < call->argc; i++) {
		if (cmd->flags & CMD_PATHS && is_path(call, call->argv[i]))
			call->argv[n++] = call->argv[i];
		else if (cmd->flags & CMD_WORDS && (*run || !is_run(call, call->argv[i])))
			call->argv[n++] = call->argv[i];
		else if (*run)
			return cmd_misuse(cmd, "one RUN at a time: '%s' is left over",
				call->argv[i]);
		else
			*run = call->argv[i];
	}
	call->argc = n;
	return 0;
}

static int find_run(const struct cmd *cmd, struct cmd_call *call)
{
	const char *run;
	int r;

	if (!(cmd->flags & CMD_RUN))
		return 0;
	r = take_run(cmd, call, &run);
	if (r)
		return r;
	if (ba_run_find(call->ba, run, &call->run) < 0)
		return cmd_failed(call);
	if (call->run < 0)
		snprintf(call->what, sizeof call->what, "%s", run);
	else
		snprintf(call->what, sizeof call->what, "run %lld", (long long)call->run);
	say_provisional(call);
	return 0;
}

int cmd_main(const struct cmd *cmd, int argc, char **argv, const char *db)
{
	char place[PATH_MAX];
	struct cmd_call call = { .db = db };
	bool help = false;
	int r;

	if (cmd->flags & CMD_OWN_OPTIONS) {
		call.argc = argc;
		call.argv = argv;
		return cmd->run(&call);
	}
	r = read_options(cmd, argc, argv, &call, &help);
	if (r)
		return r;
	if (help) {
		print_help(cmd);
		return 0;
	}
	if (!call.db && !(cmd->flags & CMD_COMMAND)) {
		if (ba_default_path(place, sizeof place) < 0)
			place[0] = '\0';
		call.db = place;
	}
	r = open_database(cmd, &call);
	if (r == 0)
		r = find_run(cmd, &call);
	if (r == 0 && cmd->flags & CMD_PAGED)
		pager_begin();
	if (r == 0 && cmd->flags & CMD_LOOKS && ba_enter(call.ba, call.run) < 0)
		r = cmd_failed(&call);
	if (r == 0 && cmd->flags & CMD_PAGED)
		relay_begin(); /* a thread: nothing is entered with one */
	if (r == 0 && cmd->flags & CMD_PAGED && render_is_file())
		render_progress_begin("looking");
	if (r == 0)
		r = cmd->run(&call);
	ba_close(call.ba);
	return r;
}

int cmd_print_json(const struct cmd_call *call, struct ba_rows *rows)
{
	int r = render_json(rows);

	ba_rows_free(rows);
	return r < 0 ? cmd_failed(call) : 0;
}
