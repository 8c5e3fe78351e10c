/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that change a file where it stands: its length, mode, owner, times
 * or extended attributes.
 */
#include <errno.h>
#include <fcntl.h>

#include "record/calls.h"
#include "record/originals.h"

enum next enter_inode(struct recorder *r, struct task *task, struct pending *p)
{
	name_place(r, task, p, 0);
	if (p->op == OP_CHMOD)
		p->call.mode &= 07777;
	if (p->error[0] == -ENOENT || p->error[0] == -EFAULT || p->error[0] == -EBADF)
		return NEXT_GO; /* not there, or (a pipe, a file without a name) in no file tree */
	originals_lose(r, &p->name[0], p->op == OP_TRUNCATE || p->op == OP_OPEN ? FILE_CONTENT | FILE_META :
			p->op == OP_UTIME ? 0 : FILE_META);
	return NEXT_FOLLOW;
}

enum next enter_acct(struct recorder *r, struct task *task, struct pending *p)
{
	enum next next;

	if (p->call.place[0].addr == 0)
		return NEXT_GO; /* it ends */
	next = enter_inode(r, task, p);
	p->call.flags = O_WRONLY | O_APPEND;
	return next;
}

void leave_inode(struct recorder *r, struct task *task, struct pending *p, int64_t result)
{
	const char *path = p->name[0].path.data;
	uint32_t file;

	if (!p->named[0]) {
		tell_unnamed(r, p, p->error[0]);
		return;
	}
	file = touches_file(&r->touches, &p->name[0].now);
	touches_path(&r->touches, path, &p->name[0].now, false);
	touches_place(&r->touches, path, file);
	tell_event(r, task, p, path, NULL, file);
}
