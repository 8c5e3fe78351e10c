/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "cmd/undoing.h"
#include "render/argv.h"
#include "render/script.h"
#include "render/text.h"

static struct undoing_options asked;
static const char *superseded_by;
static bool list, nul, script;

static const struct cmd_option options[] = {
	UNDOING_OPTIONS,
	{ 0, "list", NULL, "what was created: files, then folders, deepest first" },
	{ '0', "null", NULL, "with --list: only the paths, exact, each with a NUL behind it" },
	{ 0, "script", NULL, "a POSIX sh script that takes that out where there is no buildaudit" },
	{ 0, "superseded-by", "RUN2",
		"only what RUN2 (an upgrade, say) did not install again, nor found up to date" },
	{ 0, NULL, NULL, NULL },
};

static int option(const struct cmd_option *o, const char *value)
{
	if (undoing_option(&asked, o))
		return 0;
	if (!strcmp(o->name, "list"))
		list = true;
	else if (o->letter == '0')
		nul = true;
	else if (!strcmp(o->name, "script"))
		script = true;
	else
		superseded_by = value;
	return 0;
}

static int print_list(struct cmd_call *call)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct ba_rows *rows;
	int r, path;

	if (ba_uninstall_list(call->ba, call->run, asked.superseded_by, &rows) < 0)
		return cmd_failed(call);
	if (call->json)
		return cmd_print_json(call, rows);
	path = ba_rows_column(rows, "path");
	while ((r = ba_rows_next(rows)) > 0) {
		size_t len;
		const char *name = ba_rows_text(rows, path, &len);

		if (nul) {
			fwrite(name, 1, len + 1, stdout);
			continue;
		}
		render_name(&line, name, len);
		render_line(&line);
	}
	ba_rows_free(rows);
	return r < 0 ? cmd_failed(call) : 0;
}

/* "make install", of the run, for the script's first line. */
static int title_of(struct cmd_call *call, struct buf *title)
{
	_cleanup_buf_ struct buf argv = BUF_INIT;
	struct ba_rows *rows;
	char *c;

	if (call->run < 0) {
		buf_addf(title, "Takes out what was installed as %s", call->what);
		return title->failed ? -1 : 0;
	}
	if (ba_run(call->ba, call->run, &rows) < 0)
		return -1;
	if (ba_rows_next(rows) <= 0) {
		ba_rows_free(rows);
		return -1;
	}
	render_argv(&argv, row_text(rows, "argv"));
	buf_addf(title, "Takes out what was installed on %s at %s by: %s",
		row_text(rows, "host"),
		row_text(rows, "started_at"),
		argv.data ? argv.data : "");
	/* It is one comment line, whatever the arguments were. */
	for (c = title->data; c && *c; c++)
		if ((unsigned char)*c < 0x20)
			*c = ' ';
	ba_rows_free(rows);
	return title->failed ? -1 : 0;
}

static int print_script(struct cmd_call *call)
{
	_cleanup_buf_ struct buf title = BUF_INIT;
	struct ba_rows *rows;
	int r;

	if (title_of(call, &title) < 0 ||
		ba_uninstall_list(call->ba, call->run, asked.superseded_by, &rows) < 0)
		return cmd_failed(call);
	r = render_script(rows, title.data);
	ba_rows_free(rows);
	return r < 0 ? cmd_failed(call) : 0;
}

static int uninstall(struct cmd_call *call)
{
	static const struct undoing_words words = { "removing", "Uninstall", "uninstalled" },
				       prune = { "removing", "Prune", "pruned" };
	struct undoing u;
	int r = undoing_begin(&u, call, &cmd_uninstall_entry, &asked,
		call->run < 0 && superseded_by ? &prune : &words);

	if (r)
		return r;
	if (u.asks && ba_uninstall(call->ba, call->run, &u.dry, &u.would) < 0)
		return cmd_failed(call);
	if (u.asks && !undoing_agreed(&u))
		return EXIT_NO;
	if (ba_uninstall(call->ba, call->run, &u.how, &u.result) < 0)
		return cmd_failed(call);
	return undoing_end(&u);
}

static int run(struct cmd_call *call)
{
	if (nul && (!list || call->json))
		return cmd_misuse(&cmd_uninstall_entry, "-0 goes with --list");
	if (list && script)
		return cmd_misuse(&cmd_uninstall_entry, "--list and --script exclude each other");
	if (superseded_by && ba_run_find(call->ba, superseded_by, &asked.superseded_by) < 0)
		return cmd_failed(call);
	if (superseded_by && asked.superseded_by < 0 &&
		ba_run_newest(call->ba, asked.superseded_by, &asked.superseded_by) < 0)
		return cmd_failed(call);
	if (superseded_by && asked.superseded_by <= call->run)
		return cmd_misuse(&cmd_uninstall_entry, "run %lld is not newer than run %lld",
			(long long)asked.superseded_by, (long long)call->run);
	if (script)
		return print_script(call);
	if (list)
		return print_list(call);
	return uninstall(call);
}

const struct cmd cmd_uninstall_entry = {
	.name = "uninstall",
	.usage =
		"[-n] [-y] [-v] [--force] [--list [-0]] [--script] "
		"[--superseded-by=RUN2] [--json] [RUN]",
	.help = "take out what a run created, and nothing else\n"
		"What was changed since stays, and what a later run or a package of the system\n"
		"claims; each is named with the reason. Exit status 1: something stays.",
	.flags = CMD_DB_READ | CMD_RUN | CMD_JSON,
	.options = options,
	.option = option,
	.run = run,
};
