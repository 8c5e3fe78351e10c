/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/progress.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/log.h"

#define EVERY_NS 100000000LL
#define BEGIN_US 500000
#define WIDTH 30
#define CLEAR "\r\033[K"

static int64_t started, last;
static volatile sig_atomic_t shown;

static bool is_terminal(void)
{
	static int known = -1;

	if (known < 0)
		known = isatty(STDERR_FILENO);
	return known;
}

/*
 * What is said by a signal that ends us. Made at each step, since the handler can make nothing; it
 * reads one of the two while the other is made.
 */
static const char *hint;
static char sentences[2][256];
static volatile sig_atomic_t current;

static void say_and_die(int sig)
{
	const char *words = sentences[current];

	if (write(STDERR_FILENO, words, strlen(words)) < 0)
		_exit(128 + sig);
	signal(sig, SIG_DFL);
	raise(sig);
}

/* In the place of a bar, a question, or the ^C that the terminal shows. */
static void make_sentence(const char *what, uint64_t done, uint64_t total)
{
	char *to = sentences[!current], counts[64] = "";

	if (total)
		snprintf(counts, sizeof counts, ", %llu of %llu done", (unsigned long long)done,
			(unsigned long long)total);
	snprintf(to, sizeof sentences[0], "%sbuildaudit: interrupted while %s%s: %s\n",
		is_terminal() ? CLEAR : "", what, counts, hint);
	current = !current;
}

void render_interruptible(const char *what, const char *how_to_go_on)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	size_t i;

	hint = how_to_go_on;
	make_sentence(what, 0, 0);
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		if (signal(signals[i], say_and_die) == SIG_IGN)
			signal(signals[i], SIG_IGN);
}

/* What is said while there is no telling how far it is. */
static char busy[64];

static void say_busy(int sig)
{
	int was = errno;

	(void)sig;
	shown = write(STDERR_FILENO, busy, strlen(busy)) > 0;
	errno = was;
}

static void set_timer(suseconds_t after)
{
	const struct itimerval soon = { .it_value = { .tv_usec = after } };
	static bool runs;

	if (runs || after)
		IGNORE(setitimer(ITIMER_REAL, &soon, NULL)); /* then nothing is said */
	runs = after != 0;
}

void render_progress_begin(const char *what)
{
	const struct sigaction sa = { .sa_handler = say_busy, .sa_flags = SA_RESTART };

	if (!is_terminal() || shown)
		return;
	snprintf(busy, sizeof busy, "\r%s ...\033[K", what);
	words_before(render_progress_end);
	sigaction(SIGALRM, &sa, NULL);
	set_timer(BEGIN_US);
}

void render_work_begin(const char *what, const char *how_to_go_on)
{
	render_interruptible(what, how_to_go_on);
	render_progress_begin(what);
}

static void draw(const char *what, uint64_t done, uint64_t total)
{
	int filled = (int)(done * WIDTH / total);

	set_timer(0);
	fprintf(stderr, "\r%s [%.*s%*s] %3d%%\033[K", what, filled,
		"##############################", WIDTH - filled, "", (int)(done * 100 / total));
	IGNORE(fflush(stderr));
	shown = true;
	words_before(render_progress_end);
}

void render_progress(const char *what, uint64_t done, uint64_t total)
{
	int64_t now;

	if (done > total)
		done = total;
	if (hint)
		make_sentence(what, done, total);
	if (!is_terminal() || !total)
		return;
	now = io_monotonic_ns();
	if (!started || done == 0)
		started = now;
	/* What is done in no time needs no bar. */
	if ((!shown && now - started < 3 * EVERY_NS) || now - last < EVERY_NS)
		return;
	last = now;
	draw(what, done, total);
}

void render_progress_end(void)
{
	set_timer(0);
	if (shown)
		fputs(CLEAR, stderr);
	shown = false;
}
