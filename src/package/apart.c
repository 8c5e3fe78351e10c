/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ba_package(): a package made in a process of its own. What that needs (handlers of signals,
 * sentences on standard error, a tool's files) would be in the way of whoever calls a function.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "buildaudit.h"
#include "package/package.h"
#include "render/say.h"

/* Begins the line that has the package's name, which is the last and may have newlines in it. */
#define WRITTEN '\1'
#define HEAD "buildaudit: "

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
		return -1;
	if (!database && ba_default_path(place, sizeof place) < 0)
		return say_failed("the usual place of the database is too long a name");
	if (ba_open(&ba, database ? database : place, BA_READ, words) < 0)
		return say_failed("%s", words);
	r = ba_run_newest(ba, run, &run) < 0 ? say_failed("%s", ba_error(ba)) :
					       package_make(ba, run, o);
	ba_close(ba);
	return r;
}

__attribute__((noreturn)) static void become(const struct order *order, int out, pid_t parent,
	const sigset_t *mask)
{
	struct package_options o = { .no_questions = true, .quiet = order->quiet };

	/* Halves of a package are taken away on a signal that asks for the end. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent ||
		dup2(out, STDERR_FILENO) < 0)
		_exit(1);
	child_catch_nothing();
	pthread_sigmask(SIG_SETMASK, mask, NULL);
	if (make(order, &o) < 0)
		_exit(1);
	dprintf(STDERR_FILENO, "%c%s", WRITTEN, o.written);
	_exit(0);
}

/* What it says, as far as it has been told. */
struct hearing {
	struct buf text;
	size_t told; /* up to here */
	size_t last; /* where the last sentence begins */
	bool written; /* the rest is the package's name */
	void (*note)(const char *line, void *data);
	void *data;
};

static void hear_line(struct hearing *h, char *line)
{
	bool begins = !strncmp(line, HEAD, strlen(HEAD));

	if (begins)
		h->last = (size_t)(line - h->text.data);
	if (h->note)
		h->note(begins ? line + strlen(HEAD) : line, h->data);
}

static void hear_lines(struct hearing *h)
{
	char *line = h->text.data ? h->text.data + h->told : NULL, *end;

	while (line && *line && *line != WRITTEN && (end = strchr(line, '\n'))) {
		*end = '\0';
		hear_line(h, line);
		*end = '\n';
		line = end + 1;
	}
	if (line)
		h->told = (size_t)(line - h->text.data);
	h->written = line && *line == WRITTEN;
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

static int answer(const struct hearing *h, int heard, char *file, char *words)
{
	const char *last = h->text.data ? h->text.data + h->last : "";
	size_t n;

	if (h->written) {
		snprintf(file, PATH_MAX, "%s", h->text.data + h->told + 1);
		return 0;
	}
	if (!strncmp(last, HEAD, strlen(HEAD)))
		last += strlen(HEAD);
	snprintf(words, BA_WORDS, "%s",
		heard < 0 ? strerror(-heard) :
			*last     ? last :
				    "the process that made the package was killed");
	n = strlen(words);
	if (n && words[n - 1] == '\n')
		words[n - 1] = '\0';
	return heard < 0 ? heard : -ECANCELED;
}

/* Whoever waits for any child may have its status; its last words are here. */
__attribute__((visibility("default"))) int ba_package(const char *database, int64_t run_id,
	const struct ba_option *options, void (*note)(const char *line, void *data), void *data,
	char *file, char *words)
{
	struct order order = { database, run_id, options, !note };
	struct hearing h = { .text = BUF_INIT, .note = note, .data = data };
	pid_t pid, parent = getpid();
	int ends[2], status, r;
	sigset_t mask;

	if (pipe2(ends, O_CLOEXEC) < 0)
		pid = -errno;
	else if ((pid = child_fork(&mask)) == 0)
		become(&order, ends[1], parent, &mask);
	if (pid < 0) {
		snprintf(words, BA_WORDS, "cannot start a process: %s", strerror(-pid));
		return pid;
	}
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	drop_fd(ends[1]);
	r = hear(&h, ends[0]);
	drop_fd(ends[0]);
	IGNORE(child_end(pid, &status));
	r = answer(&h, r, file, words);
	buf_release(&h.text);
	return r;
}
