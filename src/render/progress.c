/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/progress.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/log.h"

#define EVERY_NS 100000000LL
#define WIDTH 30

static int64_t started, last;
static bool shown;

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

static void make_sentence(const char *what, uint64_t done, uint64_t total)
{
	char *to = sentences[!current];

	snprintf(to, sizeof sentences[0],
		"%sbuildaudit: interrupted while %s, %llu of %llu done: %s\n",
		shown ? "\r\033[K" : "", what, (unsigned long long)done,
		(unsigned long long)total, hint);
	current = !current;
}

void render_interruptible(const char *how_to_go_on)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	size_t i;

	hint = how_to_go_on;
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		if (signal(signals[i], say_and_die) == SIG_IGN)
			signal(signals[i], SIG_IGN);
}

static void draw(const char *what, uint64_t done, uint64_t total)
{
	int filled = (int)(done * WIDTH / total);

	fprintf(stderr, "\r%s [%.*s%*s] %3d%%\033[K", what, filled,
		"##############################", WIDTH - filled, "", (int)(done * 100 / total));
	IGNORE(fflush(stderr));
	shown = true;
	words_before(render_progress_end);
}

void render_progress(const char *what, uint64_t done, uint64_t total)
{
	static int terminal = -1;
	int64_t now;

	if (done > total)
		done = total;
	if (hint)
		make_sentence(what, done, total);
	if (terminal < 0)
		terminal = isatty(STDERR_FILENO);
	if (!terminal || !total)
		return;
	now = io_monotonic_ns();
	if (!started || done == 0)
		started = now;
	/* What is done in no time needs no bar. */
	if (now - started < 3 * EVERY_NS || now - last < EVERY_NS)
		return;
	last = now;
	draw(what, done, total);
}

void render_progress_end(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}
