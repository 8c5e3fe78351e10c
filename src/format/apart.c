/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ba_package(): a package made in a process of its own. What that needs (handlers of signals,
 * sentences on standard error, a tool's files) would be in the way of whoever calls a function.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/log.h"
#include "buildaudit.h"
#include "format/package.h"
#include "render/say.h"

struct order {
	const char *database;
	int64_t run;
	const struct ba_option *options;
	bool quiet;
};

static int set_all(struct package_options *o, const struct ba_option *opt)
{
	int r;

	for (; opt && opt->name; opt++) {
		r = package_setting(o, opt->name, opt->value ? opt->value : "");
		if (r == 0)
			return say_failed("a package has no option '%s'", opt->name);
		if (r < 0)
			return r;
	}
	return 0;
}

static int make(const struct order *order, struct package_options *o)
{
	char place[PATH_MAX], words[BA_WORDS];
	const char *database = order->database;
	int64_t run = order->run;
	struct ba *ba;
	int r;

	if (set_all(o, order->options) < 0)
		return -EINVAL;
	r = database ? 0 : ba_default_path(place, sizeof place);
	if (r < 0)
		return say_failed("the usual place of the database is too long a name"), r;
	r = ba_open(&ba, database ? database : place, BA_READ, words);
	if (r < 0)
		return say_failed("%s", words), r;
	r = ba_run_newest(ba, run, &run);
	if (r < 0)
		say_failed("%s", ba_error(ba));
	else
		r = package_make(ba, run, o) < 0 ? -ECANCELED : 0;
	ba_close(ba);
	return r;
}

/* What comes of it: the package's name, or why there is none. */
struct result {
	int error;
	char file[PATH_MAX];
};

__attribute__((noreturn)) static void become(const struct order *order, int out, int result,
	pid_t parent, const sigset_t *mask)
{
	struct package_options o = { .no_questions = true, .quiet = order->quiet };
	struct result r = { 0 };
	sigset_t end;

	/* Halves of a package are taken away on a signal that asks for the end: it is let in. */
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	if (!child_dies_with(parent, SIGTERM) || dup2(out, STDERR_FILENO) < 0)
		_exit(1);
	child_catch_nothing();
	pthread_sigmask(SIG_SETMASK, mask, NULL);
	pthread_sigmask(SIG_UNBLOCK, &end, NULL);
	words_always_shown();
	r.error = make(order, &o);
	if (r.error == 0)
		snprintf(r.file, sizeof r.file, "%s", o.written);
	_exit(io_write_all(result, &r, sizeof r) < 0);
}

/* What it says, as far as it has been told. */
struct hearing {
	struct buf text;
	size_t told; /* up to here */
	size_t last; /* where the last sentence begins */
	void (*note)(const char *line, void *data);
	void *data;
};

static void hear_line(struct hearing *h, char *line)
{
	bool begins = !strncmp(line, SAY_HEAD, strlen(SAY_HEAD));

	if (begins)
		h->last = (size_t)(line - h->text.data);
	if (h->note)
		h->note(begins ? line + strlen(SAY_HEAD) : line, h->data);
}

static void hear_lines(struct hearing *h)
{
	char *line = h->text.data ? h->text.data + h->told : NULL, *end;

	while (line && (end = strchr(line, '\n'))) {
		*end = '\0';
		hear_line(h, line);
		*end = '\n';
		line = end + 1;
	}
	if (line)
		h->told = (size_t)(line - h->text.data);
}

static int hear(struct hearing *h, int fd)
{
	char some[4096];
	ssize_t n;

	while ((n = read(fd, some, sizeof some)) != 0) {
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			buf_add(&h->text, some, (size_t)n);
		if (h->text.failed)
			return -ENOMEM;
		hear_lines(h);
	}
	return 0;
}

/* Its last sentence, with the lines of a list behind it. */
static void tell_why(const struct hearing *h, char *words)
{
	const char *last = h->text.data ? h->text.data + h->last : "";
	size_t n;

	if (!strncmp(last, SAY_HEAD, strlen(SAY_HEAD)))
		last += strlen(SAY_HEAD);
	snprintf(words, BA_WORDS, "%s", *last ? last : "the process that made it was killed");
	n = strlen(words);
	if (n && words[n - 1] == '\n')
		words[n - 1] = '\0';
}

static int answer(const struct hearing *h, int heard, int result, char *file, char *words)
{
	struct result r = { .error = -ECANCELED };

	if (heard < 0) {
		snprintf(words, BA_WORDS, "%s", strerror(-heard));
		return heard;
	}
	if (io_read_all(result, &r, sizeof r) != sizeof r)
		r.error = -ECANCELED;
	if (r.error < 0)
		tell_why(h, words);
	else
		memcpy(file, r.file, sizeof r.file);
	return r.error;
}

static int open_pipes(int out[2], int result[2])
{
	int r;

	if (pipe2(out, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(result, O_CLOEXEC) == 0)
		return 0;
	r = -errno;
	drop_fd(out[0]);
	drop_fd(out[1]);
	return r;
}

static pid_t start(const struct order *order, int out[2], int result[2])
{
	pid_t pid, parent = getpid();
	sigset_t mask;
	int r = open_pipes(out, result);

	if (r < 0)
		return r;
	pid = child_fork(&mask);
	if (pid == 0)
		become(order, out[1], result[1], parent, &mask);
	if (pid > 0)
		pthread_sigmask(SIG_SETMASK, &mask, NULL);
	drop_fd(out[1]);
	drop_fd(result[1]);
	return pid;
}

/* Whoever waits for any child may have its status; what comes of it comes by a pipe. */
__attribute__((visibility("default"))) int ba_package(const char *database, int64_t run_id,
	const struct ba_option *options, void (*note)(const char *line, void *data), void *data,
	char *file, char *words)
{
	const struct order order = { database, run_id, options, !note };
	struct hearing h = { .text = BUF_INIT, .note = note, .data = data };
	int out[2] = { -1, -1 }, result[2] = { -1, -1 }, status, r;
	pid_t pid = start(&order, out, result);

	if (pid < 0)
		snprintf(words, BA_WORDS, "cannot start a process: %s", strerror(-pid));
	r = pid < 0 ? (int)pid : hear(&h, out[0]);
	if (pid > 0) {
		r = answer(&h, r, result[0], file, words);
		IGNORE(child_end(pid, &status));
	}
	if (out[0] >= 0)
		drop_fd(out[0]);
	if (result[0] >= 0)
		drop_fd(result[0]);
	buf_release(&h.text);
	return r;
}
