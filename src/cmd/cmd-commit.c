/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "cmd/undoing.h"
#include "render/progress.h"
#include "render/terminal.h"

static const char looking[] = "checking", committing[] = "committing";
static const char anew[] = "the same command begins anew";
static const char go_on[] = "the same command takes it back, and begins anew";

static struct undoing_options asked;
static const char **only;
static size_t only_count;

static const struct cmd_option options[] = {
	{ 'n', "dry-run", NULL, "say what would be done, do nothing" },
	{ 'y', "yes", NULL, "do not ask" },
	{ 0, "force", NULL, "also where something was changed since: the run's takes its place" },
	{ 0, "only", "GLOB", "what matches, and give up the rest; may be given many times" },
	{ 'v', "verbose", NULL, "name all that is put in its place" },
	{ 0, NULL, NULL, NULL },
};

/* One more word, and a NULL behind it. */
static int add_only(const char *glob)
{
	const char **last;

	if (!only_count && !ARRAY_MORE(only, only_count))
		return EXIT_FAILED;
	last = ARRAY_MORE(only, only_count);
	if (!last)
		return EXIT_FAILED;
	last[-1] = glob;
	return 0;
}

static int option(const struct cmd_option *o, const char *value)
{
	if (!strcmp(o->name, "only"))
		return *value ? add_only(value) :
				cmd_misuse(&cmd_commit_entry, "--only wants a glob");
	undoing_option(&asked, o);
	return 0;
}

static void say_counts(struct buf *out, const struct ba_committed *c)
{
	buf_addf(out, "%llu created, %llu modified, %llu removed", (unsigned long long)c->created,
		(unsigned long long)c->modified, (unsigned long long)c->removed);
	if (c->given_up)
		buf_addf(out, ", %llu given up", (unsigned long long)c->given_up);
}

static bool agreed(const struct cmd_call *call, const struct ba_committed *would)
{
	char answer[16];

	render_progress_end();
	fprintf(stderr, "Commit %s: %llu to create, %llu to modify, %llu to remove", call->what,
		(unsigned long long)would->created, (unsigned long long)would->modified,
		(unsigned long long)would->removed);
	if (would->given_up)
		fprintf(stderr, ", %llu to give up for good", (unsigned long long)would->given_up);
	fputs(". Go on? [y/N] ", stderr);
	IGNORE(fflush(stderr));
	return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static int refused(const struct cmd_call *call, const struct ba_committed *c)
{
	say_always(
		"%s is not committed: at %llu place%s stands what its command did not find there%s",
		call->what, (unsigned long long)c->differ, c->differ == 1 ? "" : "s",
		asked.force ? "" : " (--force lets the run's take its place)");
	return EXIT_NO;
}

static int end(const struct cmd_call *call, const struct ba_committed *c)
{
	_cleanup_buf_ struct buf counts = BUF_INIT;

	render_progress_end();
	IGNORE(fflush(stdout)); /* main() looks at the end */
	if (c->taken_back)
		say_always("a commit of %s that was interrupted (run %lld) was taken back first",
			call->what, (long long)c->taken_back);
	if (c->differ)
		return refused(call, c);
	say_counts(&counts, c);
	if (c->already)
		say_always("%s is committed already (as run %lld)", call->what,
			(long long)c->run_id);
	else if (asked.dry)
		say_always("%s would be committed: %s", call->what, counts.data);
	else
		say_always("%s committed (as run %lld): %s", call->what, (long long)c->run_id,
			counts.data);
	return 0;
}

/* What would be done is asked about; what is in the way ends it before. */
static int ask(struct cmd_call *call, const struct ba_commit *how, bool *goes_on)
{
	struct undoing_telling quiet = { .json = false };
	struct ba_commit dry = *how;
	struct ba_committed would;

	dry.dry = 1;
	dry.data = &quiet;
	if (ba_commit(call->ba, call->run, &dry, &would) < 0)
		return cmd_failed(call);
	*goes_on = !would.differ && !would.already;
	if (!*goes_on)
		return end(call, &would);
	*goes_on = agreed(call, &would);
	return *goes_on ? 0 : EXIT_NO;
}

static void progress(uint64_t done, uint64_t total, void *data)
{
	(void)data;
	if (done == 0)
		render_interruptible(committing, go_on);
	render_progress(committing, done, total);
}

static int commit(struct cmd_call *call, const struct ba_commit *how)
{
	struct ba_committed result;
	bool goes_on = true;
	int r;

	render_work_begin(looking, anew);
	r = asked.dry || asked.yes ? 0 : ask(call, how, &goes_on);
	if (!goes_on || r)
		return r;
	render_work_begin(looking, anew);
	if (ba_commit(call->ba, call->run, how, &result) < 0)
		return cmd_failed(call);
	return end(call, &result);
}

static int run(struct cmd_call *call)
{
	struct undoing_telling telling = { .json = call->json,
		.all = asked.verbose || asked.dry };
	struct ba_commit how = { .dry = asked.dry, .force = asked.force, .only = only,
		.step = undoing_step, .progress = progress, .data = &telling };
	int r;

	if (call->run < 0)
		return cmd_misuse(&cmd_commit_entry,
			"'%s' is an install, and that is in its place: name a run", call->what);
	if (!asked.dry && !asked.yes && !render_can_ask())
		return cmd_misuse(&cmd_commit_entry,
			"without a terminal to ask on, -y is needed (-n shows what would be done)");
	r = commit(call, &how);
	free(only);
	return r;
}

const struct cmd cmd_commit_entry = {
	.name = "commit",
	.usage = "[-n] [-y] [-v] [--force] [--only=GLOB]... [--json] [RUN]",
	.help = "put in its place what a run did that is staged (try)\n"
		"First all that it builds on is looked at: what was changed since is named, and\n"
		"nothing is done; --force does it all the same. One that was interrupted is taken\n"
		"back, and begun anew, by running it again. Exit status 1: it was not committed.",
	.flags = CMD_DB_READ | CMD_RUN | CMD_JSON,
	.options = options,
	.option = option,
	.run = run,
};
