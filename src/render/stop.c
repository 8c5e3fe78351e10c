/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/stop.h"

#include <signal.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "render/say.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
static struct sigaction before[ARRAY_SIZE(signals)];
static volatile sig_atomic_t asked;

static void remember(int sig)
{
	asked = sig;
}

void stop_watch(void)
{
	struct sigaction sa = { .sa_handler = remember };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaction(signals[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &sa, NULL);
	}
}

bool stop_asked(void)
{
	return asked != 0;
}

void stop_end(const char *unmade)
{
	struct sigaction now;
	int sig = asked;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler == remember)
			sigaction(signals[i], &before[i], NULL);
	asked = 0;
	if (sig && unmade)
		say_failed("interrupted: no %s was made, and nothing is left of it", unmade);
	if (sig)
		raise(sig);
}
