/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/pager.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "base/command.h"
#include "render/say.h"
#include "render/terminal.h"

static bool forbidden;
static pid_t pager; /* 0: there is none */

void pager_forbid(void)
{
	forbidden = true;
}

/* It may be something of the shell's own: exec, command. */
static bool shell_knows(const char *word)
{
	static const char ask[] = "command -v -- \"$1\" >/dev/null";
	const char *const argv[] = { "/bin/sh", "-c", ask, "sh", word, NULL };

	return child_run(argv, NULL, CHILD_HIDDEN) == 0;
}

/* What the shell has to read first is the shell's to judge. */
static bool can_run(const char *command)
{
	size_t n = strcspn(command, " \t");
	_cleanup_free_ char *word = strndup(command, n);
	char path[PATH_MAX];

	if (!word || !n || strpbrk(word, "|&;<>()$`\\\"'\n*?[]#~=%{}!"))
		return true;
	if (command_find(word, path) == 0 || shell_knows(word))
		return true;
	say_always("cannot run the pager '%s': what follows is not paged", word);
	return false;
}

/* A shell command; NULL: none. */
static const char *find_pager(void)
{
	const char *named = getenv("BUILDAUDIT_PAGER");
	char path[PATH_MAX];

	if (!named)
		named = getenv("PAGER");
	if (forbidden || !render_is_terminal() || render_term_is_dumb())
		return NULL;
	if (!named)
		return command_find("less", path) == 0 ? "less" : NULL;
	return *named && strcmp(named, "cat") != 0 && can_run(named) ? named : NULL;
}

/* A signal may come just when it was waited for, and it is no child of ours any more. */
static void wait_for_its_end(void)
{
	int status;

	if (pager > 0)
		IGNORE(child_end(pager, &status));
}

/* The terminal is the pager's until it ends, whatever ends us. */
static void wait_and_die(int sig)
{
	int was = errno; /* where somebody holds the signal back it comes later */

	drop_fd(STDOUT_FILENO);
	wait_for_its_end();
	signal(sig, SIG_DFL);
	raise(sig);
	errno = was;
}

static void become_pager(const char *command, const int pipe[2])
{
	setenv("LESS", "FRX", 0);
	setenv("LV", "-c", 0);
	dup2(pipe[0], STDIN_FILENO);
	drop_fd(pipe[0]);
	drop_fd(pipe[1]);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static void watch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		if (signal(signals[i], wait_and_die) == SIG_IGN)
			signal(signals[i], SIG_IGN);
}

void pager_begin(void)
{
	const char *command = find_pager();
	int pipe[2];
	sigset_t mask;

	render_width(); /* while stdout is the terminal itself */
	if (!command || pipe2(pipe, 0) < 0)
		return;
	pager = child_fork(&mask);
	if (pager >= 0)
		sigprocmask(SIG_SETMASK, &mask, NULL);
	if (pager == 0)
		become_pager(command, pipe);
	if (pager > 0) {
		dup2(pipe[1], STDOUT_FILENO);
		watch_signals();
	}
	drop_fd(pipe[0]);
	drop_fd(pipe[1]);
}

void pager_end(void)
{
	if (pager <= 0)
		return;
	IGNORE(fclose(stdout)); /* it was flushed, and looked at */
	wait_for_its_end();
	pager = 0;
}
