/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
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

static const struct cmd *self = &cmd_run_entry; /* or who has what is here */
static struct ba_recording *recording;
static bool quiet;
static bool packing, named, prune, asking, failing_back;
static struct package_options pack;
static const char *pack_option; /* the first that says what the package is like */
static pid_t *pids;
static size_t pid_count;
static const char *attach_option, *command_option; /* one of those of only one of the two */

static const struct cmd_option options[] = {
	RUN_OPTIONS
	{ 'p', "attach", "PID[,PID...]",
		"record what runs already instead, until it ends, or ^C, and let it go" },
	{ 0, "children", NULL, "with -p: what it has started before, too" },
	{ 0, "for", "SECONDS", "with -p: so long" },
	{ 0, "ask", NULL, "then shows what it changed, and asks: keep it, or roll it back" },
	{ 0, "rollback-on-failure", NULL, "rolls it back where the command fails" },
	{ 0, "prune", NULL,
		"then takes out what older versions left and this one did not install again" },
	{ 0, "package", PACKAGE_TYPE_CHOICE "|auto",
		"then packs what it created; auto: as this system installs it" },
	PACKAGE_OPTIONS(PACKAGE_OPTION)
	{ 0, NULL, NULL, NULL },
};

static int set(enum ba_set what, const char *value)
{
	int r = recording ? 0 : ba_recording_new(&recording);

	return r < 0 ? r : ba_recording_set(recording, what, value);
}

int run_in_layers(const struct cmd *cmd, const char *layers)
{
	self = cmd;
	return set(BA_SET_TRY, layers);
}

/* A package or not, what is installed has them. */
static bool names_install(const char *option)
{
	return !strcmp(option, "pkgname") || !strcmp(option, "pkgversion");
}

/* "12", "12,34", or as pidof prints them: with spaces between. */
static int add_pids(const char *value)
{
	static const char between[] = ", \t\n";
	const char *at = value + strspn(value, between);

	do {
		char *end;
		long pid = strtol(at, &end, 10);
		pid_t *room = NULL;

		if (*at >= '0' && *at <= '9' && pid > 0 && pid <= INT_MAX &&
			(!*end || strchr(between, *end)))
			room = ARRAY_MORE(pids, pid_count);
		if (!room)
			return cmd_misuse(self, "-p takes numbers of processes, not '%s'",
				value);
		*room = (pid_t)pid;
		at = end + strspn(end, between);
	} while (*at);
	return 0;
}

static int misuse_name(const char *option, const char *value)
{
	return cmd_misuse(self,
		"--%s does not take '%s': a name has no space, '@' or '/', does not begin with '-' "
		"or '.', and is neither a number nor 'latest'",
		option, value);
}

static int misuse_value(const struct cmd_option *o, const char *value)
{
	if (!strcmp(o->name, "name"))
		return misuse_name(o->name, value);
	return cmd_misuse(self, "--%s does not take '%s'%s", o->name, value,
		strcmp(o->name, "label") ? "" : ": a label is neither a number nor 'latest'");
}

/* What is asked for beside the record. Is it one of these? */
static bool set_flag(const char *name)
{
	static const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{ "quiet", &quiet },
		{ "prune", &prune },
		{ "ask", &asking },
		{ "rollback-on-failure", &failing_back },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (!strcmp(name, flags[i].name))
			return *flags[i].flag = true;
	return false;
}

/* A setting of the recording; value NULL: it takes none. 0 or -errno. */
static int set_recording(const char *name, const char *value)
{
	static const struct {
		const char *name, *value; /* NULL: any */
		enum ba_set what;
	} settings[] = {
		{ "label", NULL, BA_SET_LABEL },
		{ "name", NULL, BA_SET_NAME },
		{ "exclude", NULL, BA_SET_EXCLUDE },
		{ "include", NULL, BA_SET_INCLUDE },
		{ "no-seccomp", NULL, BA_SET_NO_SECCOMP },
		{ "no-backup", NULL, BA_SET_NO_BACKUP },
		{ "backup-limit", NULL, BA_SET_BACKUP_LIMIT },
		{ "children", NULL, BA_SET_CHILDREN },
		{ "for", NULL, BA_SET_FOR },
		{ "wait", "all", BA_SET_WAIT_ALL },
		{ "io-uring", "allow", BA_SET_IO_URING },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (!strcmp(name, settings[i].name) &&
			(!settings[i].value || !strcmp(value, settings[i].value)))
			return set(settings[i].what, value ? value : "");
	return !strcmp(name, "io-uring") && !strcmp(value, "deny") ? 0 : -EINVAL;
}

static int set_package(const char *type)
{
	pack.type = package_type_named(type);
	packing = pack.type != PACKAGE_AUTO || !strcmp(type, "auto");
	return packing ? 0 :
			 cmd_misuse(self,
				 "there is no type '%s': " PACKAGE_TYPE_WORDS_OR_AUTO, type);
}

/* Some are for what runs already only, some for a command only. */
static void see_whom_it_is_for(const char *name)
{
	static const char *const of_command[] = { "wait", "prune", "ask", "rollback-on-failure",
		"package" };
	size_t i;

	if (!strcmp(name, "children") || !strcmp(name, "for"))
		attach_option = name;
	for (i = 0; i < ARRAY_SIZE(of_command); i++)
		if (!strcmp(name, of_command[i]))
			command_option = name;
}

int run_option(const struct cmd_option *o, const char *value)
{
	int r;

	see_whom_it_is_for(o->name);
	if (set_flag(o->name))
		return 0;
	if (o->letter == 'p')
		return add_pids(value);
	if (!strcmp(o->name, "package"))
		return set_package(value);
	r = package_option(&pack, o->name, value);
	if (r && !pack_option && !names_install(o->name))
		pack_option = o->name;
	if (r)
		return r > 0 ? 0 : EXIT_USAGE;
	named |= !strcmp(o->name, "name");
	return set_recording(o->name, value) < 0 ? misuse_value(o, value) : 0;
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

static void say_stale(struct buf *out, const struct ba_summary *s, const char *me)
{
	buf_addf(out, "buildaudit: %lld file%s of older versions of ", (long long)s->stale,
		s->stale == 1 ? "" : "s");
	buf_add_shown(out, s->name, strlen(s->name));
	buf_addf(out, " %s stale, not installed again: '%s uninstall --superseded-by=%lld ",
		s->stale == 1 ? "is" : "are", me, (long long)s->run_id);
	buf_add_shown(out, s->name, strlen(s->name));
	buf_addf(out, "' takes %s out\n", s->stale == 1 ? "it" : "them");
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

static void say(const struct buf *out)
{
	if (!out->failed && out->len)
		fwrite(out->data, 1, out->len, stderr);
}

static void summary(const struct ba_summary *s, void *data)
{
	_cleanup_buf_ struct buf out = BUF_INIT, me = BUF_INIT;

	if (quiet && !s->error) {
		summary_add_warnings(&out, s);
		say(&out);
		return;
	}
	summary_add_program(&me, data);
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
	if (s->stale && !prune)
		say_stale(&out, s, me.data);
	if (s->taken)
		say_taken(&out, s, me.data);
	buf_adds(&out, "buildaudit: ");
	say_next(&out, s, me.data);
	buf_addc(&out, '\n');
	say(&out);
}

/* A first word that is no command was perhaps meant as one of ours; one with a slash was not. */
static void say_why_not(const struct cmd_call *call, const char *words, bool no_command)
{
	_cleanup_buf_ struct buf sentence = BUF_INIT;

	buf_adds(&sentence, words);
	if (no_command && !call->named && !strchr(call->argv[0], '/'))
		commands_add_hint(&sentence, call->argv[0]);
	complain("%s", sentence.failed ? words : sentence.data);
}

/* A package's name is the install's, where that is not given. */
static int set_names(void)
{
	if (pack.name && !named && set(BA_SET_NAME, pack.name) < 0)
		return misuse_name("pkgname", pack.name);
	if (pack.version && set(BA_SET_VERSION, pack.version) < 0)
		return cmd_misuse(self, "--pkgversion does not take '%s'", pack.version);
	return 0;
}

/* The command has ended: what of it stays? */
static int decide(const char *db, int64_t run_id, int status, void *data)
{
	if (status && failing_back)
		return decide_against(db, run_id);
	return asking ? decide_by_asking(db, run_id) : 0;
}

/* What was asked for beside the record, once it is whole. */
static int go_on(struct ba *ba, int64_t run_id, void *data)
{
	int r = prune ? prune_run(ba, run_id, quiet) : 0;

	return r == 0 && packing ? pack_run(ba, run_id, &pack) : r;
}

static int attach(const struct cmd_call *call)
{
	char words[BA_WORDS];
	int r;

	if (call->argc)
		return cmd_misuse(self,
			"-p records what runs already: '%s' would be a command to start",
			call->argv[0]);
	if (command_option)
		return cmd_misuse(self, "--%s is for a command, not for -p",
			command_option);
	ba_recording_summary(recording, summary, (void *)call->db);
	r = ba_record_attach(recording, pids, pid_count, words);
	if (r < 0)
		complain("%s", words);
	ba_recording_free(recording);
	free(pids);
	return r < 0 ? EXIT_FAILED : 0;
}

int run_command(struct cmd_call *call)
{
	const struct awaiting who = { summary, decide, go_on, (void *)call->db };
	char words[BA_WORDS];
	int r, exec_failed;

	if (call->argc == 0 && !pid_count)
		return cmd_misuse(self, "there is no command to record");
	if (attach_option && !pid_count)
		return cmd_misuse(self, "--%s is for -p", attach_option);
	if (pack_option && !packing)
		return cmd_misuse(self,
			"--%s is for a package, and none is asked for: add --package=TYPE",
			pack_option);
	if (pack.doc_folder && !pack.docs)
		return cmd_misuse(self, "--docdir is for --docs");
	if (asking && !render_can_ask())
		return cmd_misuse(self,
			"--ask has no terminal to ask on: nothing was started");
	r = set_names();
	if (r)
		return r;
	pack.quiet = quiet;
	if (!recording && ba_recording_new(&recording) < 0)
		return EXIT_FAILED;
	if (call->db)
		ba_recording_set(recording, BA_SET_DATABASE, call->db);
	if (pid_count)
		return attach(call);
	if (packing && (pack.name || !named) && package_may_begin(&pack) < 0)
		return EXIT_FAILED;
	if (!quiet)
		cmd_warn_before(recording, call->argv[0]);
	/* With the first process of a pid namespace the recorder dies, too: it must be us. */
	if (packing || prune || asking || failing_back || getpid() == 1)
		return await_and_go_on(recording, call->argv, call->db, &who);
	ba_recording_summary(recording, summary, (void *)call->db);
	r = ba_record_exec(recording, call->argv, words, &exec_failed);
	say_why_not(call, words, exec_failed);
	if (!exec_failed)
		return EXIT_FAILED;
	return r == -ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_EXEC;
}

const struct cmd cmd_run_entry = {
	.name = "run",
	.usage = "[options] [--] COMMAND [ARG...] | -p PID[,PID...]",
	.help = "record one command; ends with its exit status",
	.flags = CMD_COMMAND,
	.options = options,
	.option = run_option,
	.run = run_command,
};
