/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/decide.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/child.h"
#include "base/cleanup.h"
#include "cmd/await.h"
#include "cmd/cmd.h"
#include "cmd/summary.h"
#include "render/text.h"

/* Of so many texts the difference is shown; those who want more have `show`. */
#define TEXTS 500

struct words_of_call {
	const char **argv;
	size_t count;
	bool failed; /* one is missing */
};

static void add_word(struct words_of_call *w, const char *word)
{
	const char **at = ARRAY_MORE(w->argv, w->count);

	if (at)
		*at = word;
	w->failed |= !at;
}

/* What is shown, and done, is what the subcommand of that name shows and does, pager and all. */
static int call(const char *db, int64_t run, const char *const words[], const char *const more[],
	size_t more_count)
{
	struct words_of_call w = { 0 };
	char number[24];
	size_t i;
	int r;

	snprintf(number, sizeof number, "%" PRId64, run);
	add_word(&w, "buildaudit"); /* the undo has it on record as its command */
	if (db) {
		add_word(&w, "-d");
		add_word(&w, db);
	}
	for (i = 0; words[i]; i++)
		add_word(&w, words[i]);
	add_word(&w, number);
	for (i = 0; i < more_count; i++)
		add_word(&w, more[i]);
	add_word(&w, NULL);
	r = w.failed ? -ENOMEM : child_run_self(w.argv);
	free(w.argv);
	if (r < 0)
		say_always("cannot start '%s'", words[0]);
	return r < 0 ? EXIT_FAILED : r;
}

static const char *const files[] = { "files", "-l", NULL };
static const char *const writers[] = { "tree", "--writers", NULL };
static const char *const difference[] = { "show", NULL };
static const char *const back[] = { "rollback", "-y", NULL };

int decide_against(const char *db, int64_t run)
{
	return call(db, run, back, NULL, 0);
}

/* Of what was there before, from old to new. */
static void show_texts(const char *db, int64_t run)
{
	struct ba *ba = await_open(db);
	char *paths[TEXTS];
	struct ba_rows *rows;
	size_t n = 0, i;

	if (!ba)
		return;
	if (ba_replaced(ba, run, &rows) == 0) {
		while (n < TEXTS && ba_rows_next(rows) > 0)
			if ((paths[n] = strdup(row_text(rows, "path"))))
				n++;
		ba_rows_free(rows);
	}
	ba_close(ba);
	if (n)
		call(db, run, difference, (const char *const *)paths, n);
	else
		say_always("nothing was there before");
	for (i = 0; i < n; i++)
		free(paths[i]);
}

/* The first letter of a line; '?' where that is no answer, 0: there is none any more. */
static char read_answer(void)
{
	char line[64];
	size_t n;

	if (!fgets(line, sizeof line, stdin))
		return 0;
	n = strspn(line, " \t");
	while (!strchr(line, '\n') && fgets(line, sizeof line, stdin))
		n = sizeof line - 1; /* too long to be an answer */
	return n < sizeof line - 1 && line[n] != '\n' ? (char)tolower((unsigned char)line[n]) : '?';
}

/* ^C does not come between the question and the wait for its answer. */
static char ask(void)
{
	struct pollfd in = { STDIN_FILENO, POLLIN, 0 };
	sigset_t interrupt, before;
	char answer;

	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	sigprocmask(SIG_BLOCK, &interrupt, &before);
	fputs("Keep it? [k]eep, [r]oll it back; look at the [f]iles, who [w]rote them, the "
	      "[d]ifference: ",
		stderr);
	IGNORE(fflush(stderr));
	answer = ppoll(&in, 1, NULL, &before) < 0 ? 0 : read_answer();
	sigprocmask(SIG_SETMASK, &before, NULL);
	return answer;
}

static int keep(const char *db, int64_t run)
{
	_cleanup_buf_ struct buf me = BUF_INIT;

	summary_add_program(&me, db);
	say_always("run %lld is kept: '%s rollback %lld' takes it back", (long long)run,
		me.failed ? "buildaudit" : me.data, (long long)run);
	return 0;
}

static int until_decided(const char *db, int64_t run)
{
	call(db, run, files, NULL, 0);
	for (;;) {
		switch (ask()) {
		case 'k':
			return keep(db, run);
		case 'r':
			if (decide_against(db, run) <= EXIT_NO)
				return EXIT_NO;
			break;
		case 'f':
			call(db, run, files, NULL, 0);
			break;
		case 'w':
			call(db, run, writers, NULL, 0);
			break;
		case 'd':
			show_texts(db, run);
			break;
		case 0:
			fputc('\n', stderr);
			return keep(db, run);
		default:
			break;
		}
	}
}

static void end_the_line(int sig)
{
	(void)sig;
}

int decide_by_asking(const char *db, int64_t run)
{
	/* ^C is for what is shown, or rolled back, just then; as an answer it is none. */
	struct sigaction now = { .sa_handler = end_the_line }, before;
	int r;

	sigaction(SIGINT, &now, &before);
	r = until_decided(db, run);
	sigaction(SIGINT, &before, NULL);
	return r;
}
