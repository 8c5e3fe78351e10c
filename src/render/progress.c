/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/io.h"
#include "base/cleanup.h"

#define EVERY_NS 100000000LL
#define WIDTH 30

static int64_t started, last;
static bool shown;

void render_progress(const char *what, uint64_t done, uint64_t total)
{
	static int terminal = -1;
	int64_t now;
	int filled;

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
	if (done > total)
		done = total;
	filled = (int)(done * WIDTH / total);
	fprintf(stderr, "\r%s [%.*s%*s] %3d%%\033[K", what, filled,
		"##############################", WIDTH - filled, "", (int)(done * 100 / total));
	IGNORE(fflush(stderr));
	shown = true;
}

void render_progress_end(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}
