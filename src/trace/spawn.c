/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

pid_t spawn_silently(void)
{
	return (pid_t)syscall(SYS_clone, 0L, 0L, 0L, 0L, 0L);
}

/* Orphans come to the started process itself (pid 1 of a container, a subreaper). */
static bool adopts_orphans(void)
{
	int subreaper = 0;

	prctl(PR_GET_CHILD_SUBREAPER, &subreaper, 0, 0, 0);
	return getpid() == 1 || subreaper;
}

/* As far as we may: root past the hard limit, too. */
static void raise_limit(int resource)
{
	/* The kernel's own bound for RLIMIT_NOFILE (fs.nr_open) is rarely another one. */
	rlim_t most = resource == RLIMIT_NOFILE ? 1U << 20 : RLIM_INFINITY;
	struct rlimit l, all = { most, most };

	if (getrlimit(resource, &l) < 0 || l.rlim_cur >= most)
		return;
	if (l.rlim_max < most && setrlimit(resource, &all) == 0)
		return;
	l.rlim_cur = l.rlim_max;
	setrlimit(resource, &l);
}

/* All from `from` on but for these two, of which either may be -1. */
static void close_others(unsigned int from, int one, int other)
{
	unsigned int low = (unsigned int)(one < other ? one : other);
	unsigned int high = (unsigned int)(one < other ? other : one);

	if (one >= 0 && other >= 0 && low > from)
		close_range(from, low - 1, 0);
	if (one >= 0 && other >= 0)
		from = low + 1 > from ? low + 1 : from;
	if ((one >= 0 || other >= 0) && high > from)
		close_range(from, high - 1, 0);
	close_range(one >= 0 || other >= 0 ? high + 1 : from, ~0U, 0);
}

/* Nothing of the command's may hang on the recorder: a pipe that it held open would never end. */
static int stand_aside(const struct spawn *s)
{
	sigset_t all;
	int null;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	signal(SIGCHLD, SIG_DFL);
	setsid();
	null = io_open_nothing();
	if (null < 0)
		return null;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	if (fcntl(STDERR_FILENO, F_GETFD) < 0)
		dup2(null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		drop_fd(null);
	close_others(3, s->fd, s->kept);
	if (chdir("/") < 0)
		return -errno;
	/* Limits meant for the command; the record must not stumble over them. */
	raise_limit(RLIMIT_FSIZE);
	raise_limit(RLIMIT_CPU);
	raise_limit(RLIMIT_NOFILE);
	raise_limit(RLIMIT_AS);
	raise_limit(RLIMIT_DATA);
	return 0;
}

/* Never returns; an ordinary wait(2) of the command does not see this process. */
static void watch(const struct spawn *s, pid_t recorder)
{
	int status = 0;

	while (waitpid(recorder, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		s->lost(s->data);
	_exit(0);
}

/* The recorder's pid, or the -errno for which there is none. */
static bool tell(const struct spawn *s, pid_t recorder)
{
	return send(s->fd, &recorder, sizeof recorder, MSG_NOSIGNAL) == (ssize_t)sizeof recorder;
}

/* In the first of the processes between the two. Returns only in the recorder. */
static int become_watcher(const struct spawn *s, bool stay)
{
	pid_t pid = stay ? 0 : fork();
	int r;

	/* Where orphans come back to the command, the first process is the watcher itself, and
	 * stays a child whose end sends no signal. */
	if (pid)
		_exit(pid < 0);
	r = stand_aside(s);
	if (r == 0) {
		pid = fork();
		if (pid == 0)
			return 0;
		r = pid < 0 ? -errno : 0;
	}
	if (r < 0) {
		tell(s, r);
		_exit(1);
	}
	close_others(0, s->kept, -1);
	watch(s, pid);
	return 0;
}

/* Yama lets only an ancestor trace, unless the tracee has named its tracer. */
static int ask_to_trace(const struct spawn *s)
{
	pid_t seen;

	return tell(s, getpid()) && recv(s->fd, &seen, sizeof seen, 0) > 0 ? 0 : -EPIPE;
}

static int allow_to_trace(const struct spawn *s)
{
	pid_t recorder;
	ssize_t n;

	do
		n = recv(s->fd, &recorder, sizeof recorder, 0);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof recorder)
		return -EPIPE;
	if (recorder < 0)
		return recorder;
	prctl(PR_SET_PTRACER, recorder, 0, 0, 0);
	return send(s->fd, &recorder, sizeof recorder, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int spawn_split(struct spawn *s)
{
	bool stay = adopts_orphans();
	int pair[2], r, status = 0;
	pid_t between;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	/* 0, 1 or 2 may have been closed by the caller: the pair must not take their place. */
	for (int i = 0; i < 2; i++) {
		int high = fcntl(pair[i], F_DUPFD_CLOEXEC, 100);

		if (high < 0)
			high = fcntl(pair[i], F_DUPFD_CLOEXEC, 3);
		if (high < 0)
			return -errno;
		drop_fd(pair[i]);
		pair[i] = high;
	}
	s->command = getpid();
	between = spawn_silently();
	if (between < 0) {
		r = -errno;
		drop_fd(pair[0]);
		drop_fd(pair[1]);
		return r;
	}
	s->recorder = between == 0;
	s->fd = pair[s->recorder];
	if (s->recorder) {
		drop_fd(pair[0]);
		r = become_watcher(s, stay);
		return r < 0 ? r : ask_to_trace(s);
	}
	drop_fd(pair[1]);
	if (!stay)
		while (waitpid(between, &status, __WALL) < 0 && errno == EINTR)
			;
	return status ? -EAGAIN : allow_to_trace(s);
}

int spawn_send(const struct spawn *s, const struct spawn_message *m)
{
	ssize_t n = send(s->fd, m, sizeof *m, MSG_NOSIGNAL);

	return n == (ssize_t)sizeof *m ? 0 : n < 0 ? -errno : -EIO;
}

int spawn_receive(const struct spawn *s, struct spawn_message *m)
{
	ssize_t n;

	do
		n = recv(s->fd, m, sizeof *m, 0);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof *m ? 0 : n < 0 ? -errno : -EPIPE;
}
