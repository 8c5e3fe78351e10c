/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The front half, in one screen: the kernel stops a task (trace), and that is
 * served (stops.c): its numbers become a call (decode), its names are told
 * (resolve), and what it changed goes to the sink.
 */
#include "record/loop.h"

#include "record/children.h"
#include "record/stops.h"

/* How often a command that is held is looked at, when nothing else happens. */
#define HOLD_MS 10

/* The command is dead and held: may its status be handed back now? */
static void settle(struct recorder *r, const struct loop_end *end)
{
	if (!r->tracer.command_dead || r->tracer.command_released)
		return;
	if (r->wait_all && r->lives.alive > 0)
		return;
	if (!r->mounts_told)
		recorder_tell_mounts(r);
	if (end->settle(end->data, r->lives.alive))
		tracer_release_command(&r->tracer);
}

int recorder_loop(struct recorder *r, const struct loop_end *end)
{
	struct stop stop;
	int e;

	for (;;) {
		e = tracer_next(&r->tracer, &stop, HOLD_MS);
		if (e > 0)
			e = recorder_serve(r, &stop);
		else if (e == 0 && (r->tracer.command_released || !r->tracer.command_exiting))
			break;
		else if (e == 0)
			e = recorder_serve_waiting(r);
		if (e < 0)
			return e;
		if (r->tracer.command_exiting)
			children_adopt(r);
		settle(r, end);
	}
	recorder_tell_mounts(r);
	return 0;
}
