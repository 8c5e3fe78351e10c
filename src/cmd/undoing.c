/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/undoing.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "render/json.h"
#include "render/progress.h"
#include "render/terminal.h"
#include "render/text.h"

static const char looking[] = "checking";
static const char anew[] = "nothing was changed, and the same command begins anew";
static const char go_on[] = "the same command goes on from there";

bool undoing_option(struct undoing_options *o, const struct cmd_option *given)
{
	if (!strcmp(given->name, "dry-run"))
		o->dry = true;
	else if (!strcmp(given->name, "yes"))
		o->yes = true;
	else if (!strcmp(given->name, "force"))
		o->force = true;
	else if (!strcmp(given->name, "verbose"))
		o->verbose = true;
	else
		return false;
	return true;
}

static const struct {
	const char *word;
	enum colour colour;
} actions[] = {
	[BA_REMOVE] = { "remove", RED },
	[BA_RESTORE] = { "restore", GREEN },
	[BA_NOTHING] = { "nothing", DIM },
	[BA_KEEP] = { "keep", YELLOW },
	[BA_FAIL] = { "fail", RED },
	[BA_CREATE] = { "create", GREEN },
	[BA_MODIFY] = { "modify", GREEN },
};

static void tell_json(const struct ba_step *s)
{
	_cleanup_buf_ struct buf line = BUF_INIT;

	buf_addc(&line, '{');
	render_json_field(&line, "action", actions[s->did].word);
	render_json_field(&line, "type", s->type);
	render_json_field(&line, "path", s->path);
	if (*s->reason)
		render_json_field(&line, "reason", s->reason);
	else
		buf_adds(&line, ",\"reason\":null");
	buf_addc(&line, '}');
	render_line(&line);
}

static bool is_done(enum ba_did did)
{
	return did <= BA_NOTHING || did >= BA_CREATE;
}

void undoing_step(const struct ba_step *s, void *data)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	const struct undoing_telling *t = data;

	if (t->silent || (!t->json && !t->all && is_done(s->did)))
		return;
	render_progress_end();
	if (t->json) {
		tell_json(s);
		return;
	}
	buf_addf(&line, "%s%-7s%s  %-7s  ", render_colour(actions[s->did].colour),
		actions[s->did].word, render_colour(PLAIN), s->type);
	render_name(&line, s->path, strlen(s->path));
	if (*s->reason) {
		buf_addf(&line, "%s  (", render_colour(DIM));
		render_name(&line, s->reason, strlen(s->reason));
		buf_addf(&line, ")%s", render_colour(PLAIN));
	}
	render_line(&line);
}

/* Of several runs one after the other is looked at, and taken back. */
static void begin_part(struct undoing_telling *t)
{
	bool acts = t->acting && t->parts % 2;

	t->part = acts ? t->acting : looking;
	render_interruptible(t->part, t->acting && t->parts ? go_on : anew);
	t->parts++;
}

void undoing_progress(uint64_t done, uint64_t total, void *data)
{
	struct undoing_telling *t = data;

	if (done == 0)
		begin_part(t);
	render_progress(t->part, done, total);
}

void undoing_say_counts(struct buf *out, const struct ba_undone *u)
{
	buf_addf(out, "%llu removed, %llu restored", (unsigned long long)u->removed,
		(unsigned long long)u->restored);
	if (u->nothing)
		buf_addf(out, ", %llu as before already", (unsigned long long)u->nothing);
	if (u->kept)
		buf_addf(out, ", %llu kept", (unsigned long long)u->kept);
	if (u->failed)
		buf_addf(out, ", %llu failed", (unsigned long long)u->failed);
}

int undoing_begin(struct undoing *u, struct cmd_call *call, const struct cmd *cmd,
	const struct undoing_options *o, const struct undoing_words *words)
{
	*u = (struct undoing){ .call = call, .words = words, .asks = !o->dry && !o->yes,
		.quiet = { .silent = true },
		.telling = { .acting = o->dry ? NULL : words->acting, .json = call->json,
			.all = o->verbose || o->dry } };
	u->how = (struct ba_undo){ .dry = o->dry,
		.force = o->force,
		.superseded_by = o->superseded_by,
		.step = undoing_step,
		.progress = undoing_progress,
		.data = &u->telling };
	u->dry = u->how;
	u->dry.dry = 1;
	u->dry.data = &u->quiet;
	if (u->asks && !render_can_ask())
		return cmd_misuse(cmd,
			"without a terminal to ask on, -y is needed (-n shows what would be done)");
	render_work_begin(looking, anew);
	return 0;
}

bool undoing_agreed(struct undoing *u)
{
	char answer[16];

	render_progress_end();
	fprintf(stderr, "%s %s: %llu to remove, %llu to restore, %llu to keep. Go on? [y/N] ",
		u->words->question, u->call->what, (unsigned long long)u->would.removed,
		(unsigned long long)u->would.restored, (unsigned long long)u->would.kept);
	IGNORE(fflush(stderr));
	if (!fgets(answer, sizeof answer, stdin) || (answer[0] != 'y' && answer[0] != 'Y'))
		return false;
	render_work_begin(looking, anew);
	return true;
}

int undoing_end(struct undoing *u)
{
	_cleanup_buf_ struct buf words = BUF_INIT;
	const struct ba_undone *result = &u->result;
	const char *what = u->call->what;

	render_progress_end();
	IGNORE(fflush(stdout)); /* main() looks at the end */
	undoing_say_counts(&words, result);
	if (u->how.dry)
		say_always("%s would be %s: %s", what, u->words->done, words.data);
	else
		say_always("%s %s (as run %lld): %s", what, u->words->done,
			(long long)result->run_id, words.data);
	if (result->incomplete) {
		say_always(
			"run %lld is incomplete: what it changed in its last "
			"moments may not be on record, "
			"and stays",
			(long long)result->incomplete);
		return result->failed ? EXIT_FAILED : EXIT_NO;
	}
	return result->failed ? EXIT_FAILED : result->kept ? EXIT_NO : 0;
}
