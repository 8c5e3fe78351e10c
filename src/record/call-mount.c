/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/call-mount.h"

#include <stdio.h>

#include "base/proc.h"
#include "record/overlay.h"

void mount_names_vary(struct recorder *r, const struct task *task, const struct pending *p)
{
	char text[128];

	r->resolver.roots_vary = true;
	served_begin(&r->resolver.served);
	mounts_begin(&r->resolver.mounts, task->tid);
	folders_forget(&r->resolver.folders);
	snprintf(text, sizeof text, "%s was called: names are looked up in each process's own root",
		p->call.sys->name);
	r->sink->note(r->sink, text);
}

enum next enter_namespace(struct recorder *r, struct task *task, struct pending *p)
{
	if (p->call.sys->args[0] == ARG_NSFLAGS && !(p->call.flags & NAMESPACE_MASK))
		return NEXT_GO;
	mount_names_vary(r, task, p);
	return NEXT_FOLLOW;
}

enum next enter_mount(struct recorder *r, struct task *task, struct pending *p)
{
	char text[128];

	/* What a mount hides or shows is no change to a file, and no snapshot's business. */
	r->sink->let_go(r->sink);
	r->handles = true; /* open_tree(2) gives one, too */
	served_begin(&r->resolver.served);
	mounts_begin(&r->resolver.mounts, task->tid);
	folders_forget(&r->resolver.folders);
	overlay_mount(r, task, &p->call);
	snprintf(text, sizeof text,
		"%s was called: what a mount hides or shows is not in the manifest",
		p->call.sys->name);
	r->sink->note(r->sink, text);
	return NEXT_FOLLOW;
}

/* Others may have looked names up between the entry and what the call did. */
void lost_mount(struct recorder *r, struct pending *p)
{
	mounts_changed(&r->resolver.mounts);
	folders_forget(&r->resolver.folders);
}

void check_proc(struct recorder *r)
{
	if (r->proc_lost || proc_check() == 0)
		return;
	r->proc_lost = true;
	r->sink->lost(r->sink,
		"/proc was unmounted while the command ran: names of files are told by it, and "
		"what was changed since is not all on record");
}

void leave_mount(struct recorder *r, struct task *task, struct pending *p, int64_t result)
{
	served_learn(&r->resolver.served, task->tid);
	check_proc(r);
	lost_mount(r, p);
}
