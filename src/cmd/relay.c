/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

#define TAKEN (64U << 10)
/* What a pipe that can be written takes without waiting. */
#define GIVEN 4096U

static struct relay {
	pthread_t thread;
	bool running;
	int in, out;
	int kept;       /* the file; -1: there is none, and who reads slowly is waited for */
	off_t from, to; /* what of it is to be written */
	bool ended;     /* no more comes */
	int error;
} relay;

/* Without a place to keep it: as it is without us. */
static void pass_on(struct relay *r, const char *data, size_t n)
{
	char old[GIVEN];
	ssize_t k;

	while (!r->error && r->from < r->to && (k = pread(r->kept, old, sizeof old, r->from)) > 0) {
		r->error = io_write_all(r->out, old, (size_t)k);
		r->from += k;
	}
	if (!r->error)
		r->error = io_write_all(r->out, data, n);
}

static void take(struct relay *r)
{
	char data[TAKEN];
	ssize_t n = read(r->in, data, sizeof data);

	r->ended = n == 0 || (n < 0 && errno != EINTR);
	if (n <= 0 || r->error)
		return;
	if (r->kept >= 0 && pwrite(r->kept, data, (size_t)n, r->to) == n)
		r->to += n;
	else
		pass_on(r, data, (size_t)n);
}

static void give(struct relay *r)
{
	char data[GIVEN];
	ssize_t n = pread(r->kept, data, sizeof data, r->from);

	r->error = n <= 0 ? -EIO : io_write_all(r->out, data, (size_t)n);
	r->from += n > 0 ? n : 0;
	if (!r->error && r->from < r->to)
		return;
	r->from = r->to = 0;
	IGNORE(ftruncate(r->kept, 0)); /* it is written over then */
}

static void *work(void *data)
{
	struct relay *r = data;

	while (!r->ended || r->from < r->to) {
		struct pollfd p[] = { { r->ended ? -1 : r->in, POLLIN, 0 },
			{ r->from < r->to ? r->out : -1, POLLOUT, 0 } };

		if (poll(p, ARRAY_SIZE(p), -1) < 0)
			continue;
		if (p[1].revents)
			give(r);
		if (p[0].revents)
			take(r);
	}
	drop_fd(r->in);
	drop_fd(r->out); /* a pager waits for that */
	return NULL;
}

static bool is_waited_for(void)
{
	struct stat st;

	return fstat(STDOUT_FILENO, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

static void end_at_exit(void)
{
	IGNORE(fflush(stdout)); /* main() has looked, or we are leaving for a worse reason */
	IGNORE(relay_end());
}

/* But for SIGPIPE, which ends us as it would without the thread. */
static int start_thread(struct relay *r)
{
	sigset_t all, mask;
	int e;

	sigfillset(&all);
	sigdelset(&all, SIGPIPE);
	pthread_sigmask(SIG_SETMASK, &all, &mask);
	e = pthread_create(&r->thread, NULL, work, r);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	return e;
}

static int open_kept(void)
{
	const char *folder = getenv("TMPDIR");

	return open(folder && *folder == '/' ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC,
		0600);
}

void relay_begin(void)
{
	int pipe[2];

	if (relay.running || !is_waited_for() || pipe2(pipe, O_CLOEXEC) < 0)
		return;
	relay = (struct relay){ .in = pipe[0],
		.out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1),
		.kept = open_kept() };
	relay.running = relay.out >= 0 && start_thread(&relay) == 0;
	if (relay.running) {
		dup2(pipe[1], STDOUT_FILENO);
		atexit(end_at_exit);
	}
	drop_fd(pipe[1]);
}

int relay_end(void)
{
	_cleanup_close_ int nothing = -1;

	if (!relay.running)
		return 0;
	relay.running = false;
	nothing = io_open_nothing();
	/* The pipe's last end: no more comes. */
	if (nothing < 0 || dup2(nothing, STDOUT_FILENO) < 0)
		drop_fd(STDOUT_FILENO);
	pthread_join(relay.thread, NULL);
	if (relay.kept >= 0)
		drop_fd(relay.kept);
	return relay.error;
}
