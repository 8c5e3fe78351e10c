/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/setup.h"

#include <stdlib.h>
#include <time.h>

#include "base/io.h"
#include "base/mounts-seen.h"
#include "base/proc.h"
#include "record/call-mount.h"
#include "record/inherited.h"
#include "record/overlay.h"

/*
 * File systems stamp by a clock that ticks every few milliseconds. From the
 * first tick after `asked` on, what is born has a later stamp than all that was
 * there before; nearly always that tick is past already.
 */
static void wait_for_stamps(int64_t asked)
{
	const struct timespec pause = { 0, 200000 };

	while (io_coarse_ns() <= asked)
		nanosleep(&pause, NULL);
}

static int begin_keeping(struct recorder *r, const struct recorder_setup *s)
{
	int e = keep_init(&r->keeper, s->db_path, s->run_id);

	r->keeper.off = s->no_backup;
	r->keeper.limit = s->backup_limit;
	return e;
}

/* One file by two names that are no links of it. 0 or -ENOMEM. */
static int look_for_twins(struct touches *t)
{
	_cleanup_(mounts_seen_release) struct mounts_seen seen = MOUNTS_SEEN_INIT;
	int e = mounts_seen_read(&seen);

	t->all_have_names = seen.twice;
	return e;
}

int recorder_set(struct recorder *r, const struct recorder_setup *s)
{
	int e;

	r->sink = r->touches.sink = r->lives.sink = s->sink;
	r->touches.scope = &r->scope;
	r->touches.mounts = &r->resolver.mounts;
	r->touches.started_ns = s->asked_ns;
	r->allow_io_uring = s->allow_io_uring;
	r->wait_all = s->wait_all;
	r->no_rights = s->no_rights;
	r->trying = s->trying;
	r->filtered = !r->tracer.every_call;
	wait_for_stamps(s->asked_ns);
	e = look_for_twins(&r->touches);
	return e < 0 ? e : begin_keeping(r, s);
}

int recorder_begin(struct recorder *r, const struct recorder_setup *s)
{
	pid_t command = r->tracer.command;
	int e = recorder_set(r, s);

	if (e == 0)
		e = lives_begin(&r->lives, tracer_task(&r->tracer, command), proc_parent(command),
			io_now_ns());
	if (e == 0)
		inherited_files(r, command);
	return e;
}

void recorder_tell_mounts(struct recorder *r)
{
	check_proc(r);
	overlay_tell(r);
	touches_uncover(&r->touches);
	r->mounts_told = true;
}

void recorder_release(struct recorder *r)
{
	struct task *task, *next;

	HASH_ITER(hh, r->tracer.tasks, task, next)
		lives_let_go(task);
	turns_release(&r->turns);
	tracees_release(&r->tracees);
	tracer_release(&r->tracer);
	overlay_release(r);
	resolver_release(&r->resolver);
	touches_release(&r->touches);
	scope_release(&r->scope);
	keep_release(&r->keeper);
}
