/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that change a file where it stands: its length, mode, owner, times
 * or extended attributes.
 */
#include "record/call-inode.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

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

/*
 * A symlink that led there is wanted, whoever made it. What is called by its whole name, and
 * has that, went through none; that is how installers mostly call things, and costs nothing.
 */
static void tell_link(struct recorder *r, const struct task *task, const struct pending *p)
{
	const struct place *at = &p->call.place[0];
	const struct buf *text = &p->text[0], *path = &p->name[0].path;
	struct name asked = NAME_INIT;

	if (at->by_fd || !at->follow || !text->len ||
		(text->len == path->len && !memcmp(text->data, path->data, path->len)))
		return;
	if (resolve_entry(&r->resolver, task->tid, at->dirfd, text->data, &asked) == 0 &&
		S_ISLNK(asked.now.mode))
		r->sink->stood(r->sink, asked.path.data);
	name_release(&asked);
}

void leave_inode(struct recorder *r, struct task *task, struct pending *p, int64_t result)
{
	if (!place_named(r, p, 0))
		return;
	tell_event(r, task, p, p->name[0].path.data, NULL, place_changed(r, p, 0));
	tell_link(r, task, p);
}
