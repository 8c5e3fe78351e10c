/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buf.h"
#include "cmd/await.h"
#include "cmd/cmd-run.h"
#include "cmd/commands.h"
#include "cmd/decide.h"
#include "cmd/pack.h"
#include "cmd/prune.h"
#include "cmd/summary.h"
#include "render/terminal.h"
#include "render/text.h"

#define RUN_ONLY_OPTIONS(X)                                                                        \
	X('p', "attach", "PID[,PID...]",                                                           \
		"record what runs already instead, until it ends, or ^C, and let it go", BOTH,     \
		take_pids)                                                                       \
	X(0, "children", NULL, "with -p: what it has started before, too", ATTACH,                 \
		SETTING(BA_SET_CHILDREN))                                                          \
	X(0, "for", "SECONDS", "with -p: so long", ATTACH, SETTING(BA_SET_FOR))                    \
	X(0, "ask", NULL, "then shows what it changed, and asks: keep it, or roll it back",        \
		COMMAND, FLAG(ask))                                                                \
	X(0, "rollback-on-failure", NULL, "rolls it back where the command fails", COMMAND,        \
		FLAG(rollback_on_failure))                                                         \
	X(0, "prune", NULL,                                                                        \
		"then takes out what older versions left and this one did not install again",      \
		COMMAND, FLAG(prune))

static const struct cmd_option options[] = {
	RUN_OPTIONS(RUN_OPTION)
	RUN_ONLY_OPTIONS(RUN_OPTION)
	RUN_PACKAGE_OPTION(RUN_OPTION)
	PACKAGE_OPTIONS(PACKAGE_OPTION)
	{ 0, NULL, NULL, NULL },
};

static int set(struct run_asked *a, enum ba_set what, const char *value)
{
	int r = a->recording ? 0 : ba_recording_new(&a->recording);

	return r < 0 ? r : ba_recording_set(a->recording, what, value);
}

int run_in_layers(struct run_asked *a, const char *layers)
{
	return set(a, BA_SET_TRY, layers);
}

/* What an option does. */
struct effect {
	const char *name;
	enum { BOTH, COMMAND, ATTACH } whom; /* some are for what runs already only, and so on */
	/* 0, or EXIT_USAGE after saying why; value NULL: it has none */
	int (*take)(struct run_asked *a, const struct effect *e, const char *value);
	size_t flag;            /* of struct run_asked */
	enum ba_set set;        /* of the recording */
	const char *word, *off; /* the only value; and one that says nothing, or NULL */
};

static int misuse_name(const struct run_asked *a, const char *option, const char *value)
{
	return cmd_misuse(a->self,
		"--%s does not take '%s': a name has no space, '@' or '/', does not begin with '-' "
		"or '.', and is neither a number nor 'latest'",
		option, value);
}

static int misuse_value(const struct run_asked *a, const char *option, const char *value)
{
	if (!strcmp(option, "name"))
		return misuse_name(a, option, value);
	return cmd_misuse(a->self, "--%s does not take '%s'%s", option, value,
		strcmp(option, "label") ? "" : ": a label is neither a number nor 'latest'");
}

static int take_flag(struct run_asked *a, const struct effect *e, const char *value)
{
	*(bool *)((char *)a + e->flag) = true;
	return 0;
}

static int take_setting(struct run_asked *a, const struct effect *e, const char *value)
{
	a->named |= e->set == BA_SET_NAME;
	return set(a, e->set, value ? value : "") < 0 ? misuse_value(a, e->name, value) : 0;
}

static int take_word(struct run_asked *a, const struct effect *e, const char *value)
{
	if (e->off && !strcmp(value, e->off))
		return 0;
	return strcmp(value, e->word) ? misuse_value(a, e->name, value) : take_setting(a, e, "");
}

/* "12", "12,34", or as pidof prints them: with spaces between. */
static int take_pids(struct run_asked *a, const struct effect *e, const char *value)
{
	static const char between[] = ", \t\n";
	const char *at = value + strspn(value, between);

	do {
		char *end;
		long pid = strtol(at, &end, 10);
		pid_t *room = NULL;

		if (*at >= '0' && *at <= '9' && pid > 0 && pid <= INT_MAX &&
			(!*end || strchr(between, *end)))
			room = ARRAY_MORE(a->pids, a->pid_count);
		if (!room)
			return cmd_misuse(a->self, "-p takes numbers of processes, not '%s'",
				value);
		*room = (pid_t)pid;
		at = end + strspn(end, between);
	} while (*at);
	return 0;
}

static int take_package(struct run_asked *a, const struct effect *e, const char *value)
{
	a->pack.type = package_type_named(value);
	a->packing = a->pack.type != PACKAGE_AUTO || !strcmp(value, "auto");
	return a->packing ? 0 :
			    cmd_misuse(a->self,
				    "there is no type '%s': " PACKAGE_TYPE_WORDS_OR_AUTO, value);
}

static const struct effect effects[] = {
#define FLAG(member) take_flag, .flag = offsetof(struct run_asked, member)
#define SETTING(what) take_setting, .set = what
#define WORD(one, what) take_word, .word = one, .set = what
#define WORD_OR(none, one, what) take_word, .off = none, .word = one, .set = what
#define EFFECT(letter, name, value, help, whom, does) { name, whom, does },
	RUN_OPTIONS(EFFECT)
	RUN_ONLY_OPTIONS(EFFECT)
	RUN_PACKAGE_OPTION(EFFECT)
};

static const struct effect *effect_of(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(effects); i++)
		if (!strcmp(effects[i].name, name))
			return &effects[i];
	return NULL;
}

/* A package or not, what is installed has them. */
static bool names_install(const char *option)
{
	return !strcmp(option, "pkgname") || !strcmp(option, "pkgversion");
}

static int take_of_package(struct run_asked *a, const char *name, const char *value)
{
	if (!a->pack_option && !names_install(name))
		a->pack_option = name;
	return package_option(&a->pack, name, value) < 0 ? EXIT_USAGE : 0;
}

int run_option(struct run_asked *a, const struct cmd_option *o, const char *value)
{
	const struct effect *e = effect_of(o->name);

	if (!e)
		return take_of_package(a, o->name, value);
	if (e->whom == ATTACH)
		a->attach_option = e->name;
	if (e->whom == COMMAND)
		a->command_option = e->name;
	return e->take(a, e, value);
}

static void say_status(struct buf *out, int status)
{
	if (status < 0)
		buf_adds(out, "let go, and it runs on");
	else if (WIFSIGNALED(status))
		buf_addf(out, "killed by SIG%s", sigabbrev_np(WTERMSIG(status)));
	else
		buf_addf(out, "exit status %d", WEXITSTATUS(status));
}

/* A folder's name may be anything. */
static void say_excluded(struct buf *out, const struct ba_summary *s, const char *me)
{
	_cleanup_buf_ struct buf folder = BUF_INIT;

	buf_add_shell(&folder, s->excluded_below);
	buf_adds(out, "all of it is excluded: --include ");
	if (folder.data)
		buf_add_shown(out, folder.data, folder.len);
	buf_addf(out, " would show it, or '%s files --all %lld'", me, (long long)s->run_id);
}

static const char *what_is_wrong(int error)
{
	if (error == -ESTALE)
		return "the database was deleted, replaced or cut short";
	return error == -ENODATA ? "the run's notes say why" : strerror(-error);
}

static void say_next(struct buf *out, const struct ba_summary *s, const char *me)
{
	long long run = s->run_id;

	if (s->error)
		buf_addf(out, "the record is not whole (%s): see '%s runs'",
			what_is_wrong(s->error), me);
	else if (s->excluded && !(s->created + s->modified + s->removed + s->up_to_date) &&
		*s->excluded_below)
		say_excluded(out, s, me);
	else if (s->staged)
		buf_addf(out, "next: %s commit %lld, or discard %lld (or: files %lld, show %lld)",
			me, run, run, run, run);
	else
		buf_addf(out, "next: %s files %lld (or: tree %lld, who PATH)", me, run, run);
}

static void say_taken(struct buf *out, const struct ba_summary *s, const char *me)
{
	bool one = s->taken == 1;

	buf_addf(out, "buildaudit: %lld file%s of ", (long long)s->taken, one ? "" : "s");
	buf_add_shown(out, s->taken_from, strlen(s->taken_from));
	if (s->taken_installs > 1)
		buf_addf(out, " and %lld other%s", (long long)s->taken_installs - 1,
			s->taken_installs == 2 ? "" : "s");
	buf_addf(out, " %s changed or removed: see '%s show %lld'\n", one ? "was" : "were", me,
		(long long)s->run_id);
}

static void print(const struct buf *out)
{
	if (!out->failed && out->len)
		fwrite(out->data, 1, out->len, stderr);
}

static void summary(const struct ba_summary *s, void *data)
{
	const struct run_asked *a = data;
	_cleanup_buf_ struct buf out = BUF_INIT, me = BUF_INIT;

	if (a->quiet && !s->error) {
		summary_add_warnings(&out, s);
		print(&out);
		return;
	}
	summary_add_program(&me, a->db);
	if (me.failed)
		return;
	if (s->staged)
		buf_adds(&out,
			"buildaudit: nothing of it is in its place; but what was sent to sockets, "
			"networks, devices, /proc or /sys is out\n");
	buf_adds(&out, "buildaudit: ");
	summary_add_counts(&out, s);
	buf_addf(&out, "\nbuildaudit: %lld process%s in ", (long long)s->processes,
		s->processes == 1 ? "" : "es");
	render_duration(&out, (double)s->duration_ns / 1e9);
	buf_adds(&out, ", ");
	say_status(&out, s->status);
	if (s->left)
		buf_addf(&out, "; %u stay behind and go on being recorded", s->left);
	buf_addc(&out, '\n');
	summary_add_notes(&out, s, me.data);
	if (!a->prune)
		summary_add_stale(&out, s, me.data);
	if (s->taken)
		say_taken(&out, s, me.data);
	buf_adds(&out, "buildaudit: ");
	say_next(&out, s, me.data);
	buf_addc(&out, '\n');
	print(&out);
}

/* A first word that is no command was perhaps meant as one of ours; one with a slash was not. */
static void say_why_not(const struct cmd_call *call, const char *words, bool no_command)
{
	_cleanup_buf_ struct buf sentence = BUF_INIT;

	buf_adds(&sentence, words);
	if (no_command && !call->named && !strchr(call->argv[0], '/'))
		commands_add_hint(&sentence, call->argv[0]);
	say_always("%s", sentence.failed ? words : sentence.data);
}

/* A package's name is the install's, where that is not given. */
static int set_names(struct run_asked *a)
{
	if (a->pack.name && !a->named && set(a, BA_SET_NAME, a->pack.name) < 0)
		return misuse_name(a, "pkgname", a->pack.name);
	if (a->pack.version && set(a, BA_SET_VERSION, a->pack.version) < 0)
		return cmd_misuse(a->self, "--pkgversion does not take '%s'", a->pack.version);
	return 0;
}

/* What is there is not what was to be there. */
static void say_left_undone(const struct run_asked *a)
{
	if ((a->prune || a->packing) && !a->quiet)
		say_always("the command failed: nothing is %s%s%s", a->prune ? "pruned" : "",
			a->prune && a->packing ? " or " : "", a->packing ? "packed" : "");
}

/* The command has ended: what of it stays? */
static int decide(const char *db, int64_t run_id, int status, void *data)
{
	const struct run_asked *a = data;

	if (status)
		say_left_undone(a);
	if (status && a->rollback_on_failure)
		return decide_against(db, run_id);
	return a->ask ? decide_by_asking(db, run_id) : 0;
}

/* What was asked for beside the record, once it is whole. */
static int go_on(struct ba *ba, int64_t run_id, void *data)
{
	struct run_asked *a = data;
	int r = a->prune ? prune_run(ba, run_id, a->quiet) : 0;

	return r == 0 && a->packing ? pack_run(ba, run_id, &a->pack) : r;
}

static int attach(struct run_asked *a, const struct cmd_call *call)
{
	char words[BA_WORDS];
	int r;

	if (call->argc)
		return cmd_misuse(a->self,
			"-p records what runs already: '%s' would be a command to start",
			call->argv[0]);
	if (a->command_option)
		return cmd_misuse(a->self, "--%s is for a command, not for -p",
			a->command_option);
	ba_recording_summary(a->recording, summary, a);
	r = ba_record_attach(a->recording, a->pids, a->pid_count, words);
	if (r < 0)
		say_always("%s", words);
	ba_recording_free(a->recording);
	free(a->pids);
	return r < 0 ? EXIT_FAILED : 0;
}

/* What does not go together. 0 or EXIT_USAGE. */
static int check(const struct run_asked *a, const struct cmd_call *call)
{
	if (call->argc == 0 && !a->pid_count)
		return cmd_misuse(a->self, "there is no command to record");
	if (a->attach_option && !a->pid_count)
		return cmd_misuse(a->self, "--%s is for -p", a->attach_option);
	if (a->pack_option && !a->packing)
		return cmd_misuse(a->self,
			"--%s is for a package, and none is asked for: add --package=TYPE",
			a->pack_option);
	if (a->pack.doc_folder && !a->pack.docs)
		return cmd_misuse(a->self, "--docdir is for --docs");
	if (a->ask && !render_can_ask())
		return cmd_misuse(a->self,
			"--ask has no terminal to ask on: nothing was started");
	return 0;
}

/* With the first process of a pid namespace the recorder dies, too: it must be us. */
static bool stays(const struct run_asked *a)
{
	return a->packing || a->prune || a->ask || a->rollback_on_failure || getpid() == 1;
}

int run_command(struct run_asked *a, struct cmd_call *call)
{
	const struct awaiting who = { summary, NULL, decide, go_on, a };
	char words[BA_WORDS];
	int r = check(a, call), exec_failed;

	if (r == 0)
		r = set_names(a);
	if (r)
		return r;
	a->db = call->db;
	a->pack.quiet = a->quiet;
	if (!a->recording && ba_recording_new(&a->recording) < 0)
		return EXIT_FAILED;
	if (a->db)
		ba_recording_set(a->recording, BA_SET_DATABASE, a->db);
	if (a->pid_count)
		return attach(a, call);
	if (a->packing && (a->pack.name || !a->named) && package_may_begin(&a->pack) < 0)
		return EXIT_FAILED;
	if (!a->quiet)
		cmd_warn_before(a->recording, call->argv[0]);
	if (stays(a))
		return await_and_go_on(a->recording, call->argv, a->db, &who);
	ba_recording_summary(a->recording, summary, a);
	r = ba_record_exec(a->recording, call->argv, words, &exec_failed);
	say_why_not(call, words, exec_failed);
	if (!exec_failed)
		return EXIT_FAILED;
	return r == -ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_EXEC;
}

static struct run_asked asked = { .self = &cmd_run_entry };

static int option(const struct cmd_option *o, const char *value)
{
	return run_option(&asked, o, value);
}

static int run(struct cmd_call *call)
{
	return run_command(&asked, call);
}

const struct cmd cmd_run_entry = {
	.name = "run",
	.usage = "[options] [--] COMMAND [ARG...] | -p PID[,PID...]",
	.help = "record one command; ends with its exit status",
	.flags = CMD_COMMAND,
	.options = options,
	.option = option,
	.run = run,
};
