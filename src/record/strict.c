/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/strict.h"

#include <linux/audit.h>
#include <signal.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/proc.h"
#include "decode/call.h"

void strict_begin(struct recorder *r, struct task *task)
{
	/* A filter of the program's own: then it is refused without us, too. */
	if (!r->filtered || proc_filters(task->tid) > 1)
		return;
	tracer_deny(task, 0);
	task->all_calls = true;
	thread_of(task)->strict = true;
}

static bool allows(const struct stop *stop)
{
	static const char *const names[] = { "read", "write", "exit", "rt_sigreturn", "sigreturn" };
	uint64_t nr = stop->nr;
	int abi = abi_of_stop(stop->arch, &nr);
	const char *name = abi < 0 ? NULL : syscall_name((enum abi)abi, nr);
	size_t i;

	for (i = 0; name && i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

bool strict_kills(const struct stop *stop)
{
	const struct thread *thread = thread_of(stop->task);

	if (!thread || !thread->strict || allows(stop))
		return false;
	tgkill(stop->task->tgid, stop->task->tid, SIGKILL);
	return true;
}
