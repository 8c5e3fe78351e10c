/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/handles.h"

#include <dirent.h>

#include "base/proc.h"

static bool task_holds(pid_t tid, const struct inode *file)
{
	char path[PROC_PATH];
	struct inode now;
	struct dirent *e;
	bool found = false;
	DIR *d;

	proc_path(path, tid, "fd");
	d = opendir(path);
	while (d && !found && (e = readdir(d)))
		found = inode_stat(&now, dirfd(d), e->d_name, 0) == 0 && now.exists &&
			inode_identity(&now) == inode_identity(file);
	if (d)
		closedir(d);
	return found;
}

bool handles_hold(const struct recorder *r, const struct inode *file)
{
	const struct task *t;

	for (t = r->handles ? r->tracer.tasks : NULL; t; t = t->hh.next)
		if (task_holds(t->tid, file))
			return true;
	return false;
}
