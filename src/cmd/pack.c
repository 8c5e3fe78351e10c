/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/pack.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"

static volatile sig_atomic_t child;

static void hand_on(int sig)
{
	if (child > 0)
		kill(child, sig);
}

/* The terminal's signals reach the command by itself; one sent to us alone is handed on. */
static void step_aside(struct sigaction *old)
{
	static const int ignored[] = { SIGINT, SIGQUIT },
			 handed[] = { SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 };
	struct sigaction sa = { .sa_handler = SIG_IGN };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ignored); i++)
		sigaction(ignored[i], &sa, &old[ignored[i]]);
	sa.sa_handler = hand_on;
	for (i = 0; i < ARRAY_SIZE(handed); i++) {
		sigaction(handed[i], NULL, &old[handed[i]]);
		if (old[handed[i]].sa_handler != SIG_IGN)
			sigaction(handed[i], &sa, NULL);
	}
}

static void step_back(const struct sigaction *old)
{
	static const int signals[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &old[signals[i]], NULL);
}

static void become(struct ba_recording *rec, char **argv)
{
	char words[BA_WORDS];
	int exec_failed, r = ba_record_exec(rec, argv, words, &exec_failed);

	complain("%s", words);
	_exit(!exec_failed ? EXIT_FAILED : r == -ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_EXEC);
}

/* Memory that the recorder, another process by then, writes the run's number to. */
struct handed {
	int64_t run;
	void (*summary)(const struct ba_summary *, void *);
	const char *db;
};

static void hand_over(const struct ba_summary *s, void *data)
{
	struct handed *h = data;

	h->run = s->run_id;
	if (h->summary)
		h->summary(s, (void *)h->db);
}

static int start_and_wait(struct ba_recording *rec, char **argv)
{
	struct sigaction old[NSIG] = { 0 };
	sigset_t mask;
	int status, r;
	pid_t pid = child_fork(&mask);

	if (pid == 0) {
		sigprocmask(SIG_SETMASK, &mask, NULL);
		become(rec, argv);
	}
	if (pid < 0) {
		complain("cannot start a process: %s", strerror(-pid));
		return -1;
	}
	child = pid;
	step_aside(old);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	r = child_end(pid, &status);
	child = 0;
	step_back(old);
	return r < 0 ? -1 : status;
}

int record_and_wait(struct ba_recording *rec, char **argv,
	void (*summary)(const struct ba_summary *, void *), const char *db, int64_t *run)
{
	struct handed *h =
		mmap(NULL, sizeof *h, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;

	if (h == MAP_FAILED) {
		complain("out of memory");
		return -1;
	}
	h->summary = summary;
	h->db = db;
	ba_recording_summary(rec, hand_over, h);
	status = start_and_wait(rec, argv);
	*run = h->run;
	munmap(h, sizeof *h);
	return status;
}

struct ba *pack_open(const char *db)
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
	complain("%s", words);
	return NULL;
}

static int go_on(const char *db, int64_t run, int (*then)(struct ba *, int64_t, void *), void *data)
{
	struct ba *ba = pack_open(db);
	int r = ba ? then(ba, run, data) : EXIT_FAILED;

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

int record_and_then(struct ba_recording *rec, char **argv,
	void (*summary)(const struct ba_summary *, void *), const char *db,
	int (*then)(struct ba *, int64_t, void *), void *data)
{
	int64_t run;
	int status = record_and_wait(rec, argv, summary, db, &run);

	if (status < 0)
		return EXIT_FAILED;
	if (status != 0)
		end_like(status);
	if (!run) {
		complain("there is no record to go on with");
		return EXIT_FAILED;
	}
	return go_on(db, run, then, data);
}

int pack_run(struct ba *ba, int64_t run, void *options)
{
	struct package_options *o = options;
	int r = package_make(ba, run, o);

	if (r == 0 && !o->quiet)
		complain("package: %s", o->written);
	return r < 0 ? EXIT_FAILED : 0;
}
