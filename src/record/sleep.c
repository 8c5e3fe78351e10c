/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/sleep.h"

#include <string.h>

#include "trace/mem.h"

static size_t size_of_timespec(const struct call *c)
{
	return c->abi == ABI_I386 && !strstr(c->sys->name, "time64") ? 8 : 16;
}

/* Those of the call's own, of which that is the last. */
static size_t size_of_args(const struct call *c)
{
	size_t n = 0;

	while (c->sys->args[n] != ARG_LEFT)
		n++;
	return (n + 1) * sizeof *c->args;
}

enum next enter_sleep(struct recorder *r, struct task *task, struct pending *p)
{
	struct sleep *s = &thread_of(task)->sleep;

	s->size = p->call.addr ? size_of_timespec(&p->call) : 0;
	s->has_left = false;
	s->addr = p->call.addr;
	s->args_size = size_of_args(&p->call);
	memcpy(s->args, p->call.args, s->args_size);
	if (s->size && mem_read(task->tid, s->addr, s->before, s->size) < 0)
		s->size = 0;
	return NEXT_GO;
}

/* By whatever number it is called again, its arguments stand as they did. */
static bool is_asleep(const struct sleep *s, const struct stop *stop)
{
	struct stop call = *stop;

	return tracer_interrupted(&call) > 0 && call.result == -ERESTART_RESTARTBLOCK &&
		!memcmp(call.args, s->args, s->args_size);
}

void sleep_woken(const struct stop *stop, bool ignored)
{
	struct sleep *s = &thread_of(stop->task)->sleep;
	uint8_t now[sizeof s->left];

	if (!is_asleep(s, stop) || mem_read(stop->task->tid, s->addr, now, s->size) < 0) {
		s->size = 0;
		return;
	}
	/* Several signals may come at once: only before the first has the kernel written. */
	if (memcmp(now, s->before, s->size)) {
		memcpy(s->left, now, s->size);
		s->has_left = true;
	}
	if (!s->has_left)
		return;
	if (!ignored)
		memcpy(s->before, s->left, s->size);
	mem_write(stop->task->tid, s->addr, s->before, s->size);
}
