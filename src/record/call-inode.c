/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that change a file where it stands: its length, mode, owner, times
 * or extended attributes.
 */
#include "record/call-inode.h"

#include <errno.h>
#include <fcntl.h>

#include "record/originals.h"
#include "record/places.h"
#include "record/tell.h"

static unsigned int loses(enum op op)
{
	if (op == OP_TRUNCATE || op == OP_OPEN)
		return FILE_CONTENT | FILE_META;
	return op == OP_UTIME ? 0 : FILE_META;
}

enum next enter_inode(struct recorder *r, struct task *task, struct pending *p)
{
	place_ask(r, task, p, 0);
	if (p->op == OP_CHMOD)
		p->call.mode &= 07777;
	if (p->named[0])
		originals_lose(r, &p->name[0], loses(p->op));
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
	if (place_named(r, p, 0))
		tell_event(r, task, p, p->name[0].path.data, NULL, place_changed(r, p, 0));
}
