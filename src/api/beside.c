/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ba_record(): the command is a child, recorded by a process that stands beside it, and the caller
 * gets to know of both.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/recording.h"
#include "api/shared.h"
#include "base/child.h"
#include "base/cleanup.h"
#include "base/log.h"

__attribute__((noreturn)) static void become(struct ba_recording *rec, char *const argv[])
{
	struct shared *s = rec->shared;

	s->result = ba_record_exec(rec, argv, s->words, &s->exec_failed);
	_exit(!s->exec_failed ? 125 : s->result == -ENOENT ? 127 : 126);
}

static int say(char *words, int r, const char *what, const char *why)
{
	snprintf(words, BA_WORDS, "%s%s", what, why);
	return r;
}

API int ba_record_start(struct ba_recording *rec, char *const argv[], pid_t *pid, char *words)
{
	sigset_t mask;

	shared_free(rec->shared);
	rec->shared = shared_new();
	if (!rec->shared)
		return say(words, -ENOMEM, "out of memory", "");
	rec->child = child_fork(&mask);
	if (rec->child == 0) {
		sigprocmask(SIG_SETMASK, &mask, NULL);
		become(rec, argv);
	}
	if (rec->child < 0)
		return say(words, rec->child, "cannot start a process: ", strerror(-rec->child));
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	*pid = rec->child;
	return 0;
}

/*
 * Where SIGCHLD is ignored, or somebody else waits for any child, there is no status to be had,
 * nor is waitpid(2) bound to wait; a descriptor tells of the end all the same, and the recorder
 * knows the status.
 */
static int await(pid_t pid, int *status)
{
	struct pollfd end = { (int)syscall(SYS_pidfd_open, pid, 0), POLLIN, 0 };

	while (end.fd >= 0 && poll(&end, 1, -1) < 0 && errno == EINTR)
		;
	if (end.fd >= 0)
		drop_fd(end.fd);
	return child_end(pid, status);
}

API int ba_record_wait(struct ba_recording *rec, int *status, struct ba_summary *summary,
	char *words)
{
	struct shared *s = rec->shared;
	int r;

	*status = -1;
	if (!s || rec->child <= 0)
		return say(words, -ECHILD, "nothing was started", "");
	r = await(rec->child, status);
	rec->child = 0;
	if (s->result < 0) {
		memcpy(words, s->words, BA_WORDS);
		return s->result;
	}
	if (r < 0 && !s->summary.run_id)
		return say(words, r, "somebody else waited for the command: ", strerror(-r));
	if (r < 0)
		*status = s->summary.status;
	if (summary)
		*summary = s->summary;
	return 0;
}

API int ba_record(struct ba_recording *rec, char *const argv[], int *status,
	struct ba_summary *summary, char *words)
{
	pid_t pid;
	int r = ba_record_start(rec, argv, &pid, words);

	return r < 0 ? r : ba_record_wait(rec, status, summary, words);
}
