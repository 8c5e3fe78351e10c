/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/tell.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/proc.h"
#include "base/rights.h"

void tell_event(struct recorder *r, const struct task *task, const struct pending *p,
	const char *path, const char *old_path, uint32_t file)
{
	int64_t at = io_now_ns();
	struct life *life = thread_of(task)->life;
	struct event e = { .process = life->number,
		.op = p->op,
		.abi = p->call.abi,
		.file = file,
		.path = path,
		.old_path = old_path,
		.mode = p->call.mode,
		.at = at };

	e.exec = lives_exec_of(&r->lives, life, p->call.abi, at);
	if (p->op == OP_OPEN || p->op == OP_RENAME)
		e.flags = p->call.flags;
	r->sink->event(r->sink, &e);
}

void tell_unnamed(struct recorder *r, const struct pending *p, int error)
{
	static const struct {
		int error;
		const char *note;
	} places[] = {
		{ -ENODEV,
			"files were changed on file systems that were mounted in a namespace of "
			"the command's own: those are in no file tree of ours, and not on record" },
		{ -EXDEV,
			"files were changed outside of the root or mount namespace that buildaudit "
			"was started in: they are not on record" },
		{ -EREMOTE,
			"files were changed on a file system that a process of the run serves "
			"itself (FUSE): what that process wrote is on record, those names are "
			"not" },
	};
	char text[160];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (places[i].error == error) {
			r->sink->note(r->sink, places[i].note);
			return;
		}
	}
	snprintf(text, sizeof text, "%s changed a file whose name could not be told: %s",
		p->call.sys->name, strerror(-error));
	r->sink->note(r->sink, text);
}

void tell_rights(struct recorder *r, const struct task *task)
{
	char link[PROC_PATH], exe[PATH_MAX], text[PATH_MAX + 160];
	uid_t uid;
	gid_t gid;

	proc_path(link, task->tid, "exe");
	if (!proc_ids(task->tid, &uid, &gid) || !rights_offered_by(link, uid, gid) ||
		io_readlink(link, exe) < 0)
		return;
	snprintf(text, sizeof text,
		"%s did not gain its rights (set-uid, set-gid or capabilities), since an ordinary "
		"user records it: put buildaudit behind sudo",
		exe);
	r->sink->note(r->sink, text);
}
