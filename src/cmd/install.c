/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/install.h"

#include <limits.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/canonical.h"
#include "base/cleanup.h"
#include "base/indexes.h"
#include "base/io.h"
#include "cmd/await.h"
#include "cmd/cmd.h"
#include "cmd/summary.h"
#include "cmd/taken.h"
#include "package/tool.h"
#include "render/say.h"
#include "render/text.h"

/* Who installs which kind. */
static const struct manager {
	enum package_type type;
	const char *program, *command, *fresh, *removal;
} managers[] = {
	{ PACKAGE_DEB, "dpkg", "dpkg -i", "dpkg -i", "dpkg -r" },
	/* the command has installed it already, whatever was there: as dpkg, which takes it so */
	{ PACKAGE_RPM, "rpm", "rpm -U --replacepkgs --oldpackage", "rpm -i --replacepkgs",
		"rpm -e" },
	/* of two versions one is there, as with the others */
	{ PACKAGE_SLACKWARE, "upgradepkg", "upgradepkg --install-new --reinstall",
		"upgradepkg --install-new --reinstall", "removepkg" },
};

static const struct manager *manager_of(enum package_type type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(managers); i++)
		if (managers[i].type == type)
			return &managers[i];
	return NULL;
}

/* What the run had made anew, and nobody owns: the manager may do so, too. */
static int include_indexes(struct ba_recording *rec, struct ba *ba, int64_t run)
{
	struct ba_rows *rows;
	int r = ba_files(ba, run, BA_FILES_MODIFIED, &rows);

	if (r < 0)
		return r;
	while (r >= 0 && (r = ba_rows_next(rows)) > 0)
		if (index_of(row_text(rows, "path")))
			r = ba_recording_set(rec, BA_SET_INCLUDE, row_text(rows, "path"));
	ba_rows_free(rows);
	return r;
}

/* What the install has by now, and what the pages that were compressed are called. */
static int include_files(struct ba_recording *rec, struct ba *ba, int64_t subject,
	const struct buf *renamed, struct taken *taken)
{
	char folder[PATH_MAX] = "";
	struct ba_rows *rows;
	size_t at;
	int r = ba_owned_by(ba, subject, &rows);

	while (r >= 0 && (r = ba_rows_next(rows)) > 0) {
		const char *path = row_text(rows, "path");

		r = taken_add(taken, rows);
		if (r < 0 || (*folder && path_is_below(path, folder)))
			continue;
		r = ba_recording_set(rec, BA_SET_INCLUDE, path);
		if (!strcmp(row_text(rows, "type"), "dir"))
			snprintf(folder, sizeof folder, "%s", path);
	}
	ba_rows_free(rows);
	for (at = 0; r >= 0 && at < renamed->len; at += strlen(renamed->data + at) + 1) {
		_cleanup_buf_ struct buf name = BUF_INIT;

		buf_addf(&name, "%s.gz", renamed->data + at);
		r = name.failed ? -1 : ba_recording_set(rec, BA_SET_INCLUDE, name.data);
	}
	return r;
}

/* What it is called, and which files are its. */
static int set_scope(struct ba_recording *rec, struct ba *ba, const struct package_options *o,
	struct taken *taken)
{
	int64_t subject = o->run;
	struct ba_rows *row;
	int r = ba_run(ba, o->run, &row);

	if (r < 0)
		return r;
	r = ba_rows_next(row) > 0 ? ba_recording_set(rec, BA_SET_EXCLUDE, "*") : -1;
	if (r == 0 && *row_text(row, "name")) {
		r = ba_recording_set(rec, BA_SET_NAME, row_text(row, "name"));
		if (*row_text(row, "version"))
			IGNORE(ba_recording_set(rec, BA_SET_VERSION, row_text(row, "version")));
		IGNORE(ba_run_find(ba, row_text(row, "name"), &subject)); /* else it is the run */
	}
	ba_rows_free(row);
	if (r == 0)
		r = include_indexes(rec, ba, o->run);
	return r < 0 ? r : include_files(rec, ba, subject, &o->renamed, taken);
}

static void say_notes(const struct ba_summary *s, void *data)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	summary_add_notes(&out, s, "buildaudit");
	if (!out.failed && out.len)
		fwrite(out.data, 1, out.len, stderr);
}

/* One that failed and changed nothing of the install is not worth being the latest. */
static void forget_idle(const char *db, int64_t run)
{
	struct ba *ba = await_open(db);
	struct ba_forgotten forgotten;
	struct ba_rows *row;

	if (!ba)
		return;
	if (ba_run(ba, run, &row) == 0) {
		bool idle = ba_rows_next(row) > 0 && !row_number(row, "created") &&
			!row_number(row, "modified") && !row_number(row, "removed");

		ba_rows_free(row);
		if (idle)
			IGNORE(ba_forget(ba, run, &forgotten)); /* then it stays */
	}
	ba_close(ba);
}

/* 128 + N when it was killed by signal N. */
static int exit_of(int status)
{
	if (status >= 0 && WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return status < 0 ? -1 : WEXITSTATUS(status);
}

/* The exit status, or -1 after saying why. */
static int record(char **argv, const struct package_options *o, const char *db)
{
	_cleanup_(taken_release) struct taken taken = { 0 };
	struct ba_recording *rec = NULL;
	struct ba *ba = await_open(db);
	int r = ba ? ba_recording_new(&rec) : -1;

	if (r == 0 && db)
		r = ba_recording_set(rec, BA_SET_DATABASE, db);
	if (r == 0 && (r = set_scope(rec, ba, o, &taken)) < 0)
		say_always("the files of run %lld cannot be told: %s", (long long)o->run,
			ba_error(ba));
	ba_close(ba);
	if (r >= 0) {
		static const struct awaiting who = { .summary = say_notes };
		int64_t run = 0;

		r = exit_of(await_end(rec, argv, &who, &run));
		if (run)
			taken_say(&taken, db, run, &o->renamed);
		if (r > 0 && run)
			forget_idle(db, run);
	}
	ba_recording_free(rec);
	return r;
}

/* It asks nothing where nobody is to answer, and what it tells is no output of ours. */
static int set_files(const struct package_options *o)
{
	_cleanup_close_ int nothing = -1;

	if (!o->no_questions && isatty(STDIN_FILENO))
		return dup2(STDERR_FILENO, STDOUT_FILENO);
	nothing = io_open_nothing();
	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0)
		return -1;
	return dup2(STDERR_FILENO, STDOUT_FILENO);
}

/* Flags are words with spaces between them; quotes are for a shell, which is not asked. */
static void add_words(struct buf *line, const char *flags)
{
	while (flags && *(flags += strspn(flags, " \t"))) {
		_cleanup_free_ char *word = strndup(flags, strcspn(flags, " \t"));

		buf_addc(line, ' ');
		buf_add_shell(line, word ? word : "");
		flags += strcspn(flags, " \t");
	}
}

/*
 * What the manager is told. A page that the run left uncompressed, and that the package has
 * compressed, is nobody's then, and goes; unless flags or the manager's configuration have kept
 * the compressed one away from here.
 */
static void write_line(struct buf *line, const struct manager *m,
	const struct package_options *o, const char *flags, bool fresh)
{
	buf_adds(line, fresh ? m->fresh : m->command);
	add_words(line, flags);
	buf_addc(line, ' ');
	buf_add_shell(line, o->written);
	if (o->renamed.len)
		buf_adds(line,
			" && for page; do [ -e \"$page.gz\" ] || [ -h \"$page.gz\" ] || continue; "
			"rm -f -- \"$page\"; done");
}

static int run_line(const struct buf *line, const struct package_options *o, const char *db)
{
	char sh[] = "sh", c[] = "-c", **argv = NULL, **more;
	size_t count = 0, at;
	char *const first[] = { sh, c, line->data, sh };
	bool whole = !line->failed;
	int r;

	for (at = 0; whole && at < ARRAY_SIZE(first); at++)
		if ((whole = (more = ARRAY_MORE(argv, count))))
			*more = first[at];
	for (at = 0; whole && at < o->renamed.len; at += strlen(o->renamed.data + at) + 1)
		if ((whole = (more = ARRAY_MORE(argv, count))))
			*more = o->renamed.data + at;
	whole = whole && ARRAY_MORE(argv, count); /* a NULL */
	if (!whole)
		say_always("out of memory");
	r = whole && set_files(o) >= 0 ? record(argv, o, db) : -1;
	free(argv);
	return r;
}

int install(const struct package_options *o, const char *flags, bool fresh, const char *db)
{
	const struct manager *m = manager_of(o->type);
	_cleanup_buf_ struct buf line = BUF_INIT;
	int r;

	if (!m || !tool_there(m->program)) {
		say_always("it is not installed, there is no %s here: its files are where the "
			 "command put them",
			m ? m->program : "package manager");
		return 0;
	}
	write_line(&line, m, o, flags, fresh);
	r = run_line(&line, o, db);
	if (r)
		say_always("%s did not install the package (status %d); it is %s", m->program, r,
			o->written);
	else
		say_always("installed; '%s %s' takes it out again", m->removal, o->called);
	return r ? EXIT_FAILED : 0;
}
