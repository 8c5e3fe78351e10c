/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/await.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/cmd.h"

static volatile sig_atomic_t child, missed;

static void hand_on(int sig)
{
	if (child > 0)
		kill(child, sig);
	else
		missed = sig;
}

static void leave_to_it(int sig)
{
	(void)sig;
}

/*
 * The terminal's signals reach the command by itself; one sent to us alone is handed on. They are
 * caught, not ignored: the command would inherit that.
 */
static void step_aside(struct sigaction *old)
{
	static const int left[] = { SIGINT, SIGQUIT },
			 handed[] = { SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 };
	struct sigaction leave = { .sa_handler = leave_to_it, .sa_flags = SA_RESTART },
			 hand = { .sa_handler = hand_on, .sa_flags = SA_RESTART };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(left); i++)
		sigaction(left[i], &leave, &old[left[i]]);
	for (i = 0; i < ARRAY_SIZE(handed); i++)
		sigaction(handed[i], &hand, &old[handed[i]]);
	for (i = 1; i < NSIG; i++)
		if (old[i].sa_handler == SIG_IGN)
			sigaction((int)i, &old[i], NULL);
}

static void step_back(const struct sigaction *old)
{
	static const int signals[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &old[signals[i]], NULL);
}

int await_end(struct ba_recording *rec, char **argv, const struct awaiting *who, int64_t *run)
{
	struct sigaction old[NSIG] = { 0 };
	struct ba_summary recorded;
	char words[BA_WORDS];
	pid_t pid;
	int status = -1, r;

	ba_recording_summary(rec, who->summary, who->data);
	step_aside(old);
	r = ba_record_start(rec, argv, &pid, words);
	if (r == 0) {
		child = pid;
		if (missed)
			kill(pid, missed);
		r = ba_record_wait(rec, &status, &recorded, words);
		child = 0;
	}
	step_back(old);
	if (r < 0)
		say_always("%s", words);
	else
		*run = recorded.run_id;
	if (r == 0 && who->recorded)
		who->recorded(&recorded, who->data);
	return status;
}

struct ba *await_open(const char *db)
{
	char place[PATH_MAX], words[BA_WORDS];
	struct ba *ba;

	if (!db && ba_default_path(place, sizeof place) < 0)
		place[0] = '\0';
	/*
	 * The recorder may close it before us, and who closes it last
	 * has to be able to fold the log in.
	 */
	if (ba_open(&ba, db ? db : place, BA_WRITE, words) == 0)
		return ba;
	say_always("%s", words);
	return NULL;
}

static int go_on(const char *db, int64_t run, const struct awaiting *who)
{
	struct ba *ba = await_open(db);
	int r = ba ? who->then(ba, run, who->data) : EXIT_FAILED;

	ba_close(ba);
	return r;
}

/* A status of wait(2) that is a failure, as our own end. */
__attribute__((noreturn)) static void end_like(int status)
{
	static const struct rlimit no_core = { 0, 0 };

	IGNORE(fflush(NULL));
	if (WIFSIGNALED(status)) {
		/* One core file is the command's; a second one would be ours. */
		setrlimit(RLIMIT_CORE, &no_core);
		signal(WTERMSIG(status), SIG_DFL);
		raise(WTERMSIG(status));
	}
	_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

int await_and_go_on(struct ba_recording *rec, char **argv, const char *db,
	const struct awaiting *who)
{
	int64_t run = 0;
	int status = await_end(rec, argv, who, &run), decided = 0;

	if (status < 0)
		return EXIT_FAILED;
	if (run && who->decide)
		decided = who->decide(db, run, status, who->data);
	if (status != 0)
		end_like(status);
	if (decided)
		return decided;
	if (!run) {
		say_always("there is no record to go on with");
		return EXIT_FAILED;
	}
	return go_on(db, run, who);
}
