/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens that can change a file. What stood there is asked at the entry, by
 * the name as given; which file it became is asked at the exit, of the
 * descriptor itself: no race, no guess.
 */
#include "record/call-open.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <unistd.h>

#include "record/originals.h"
#include "record/places.h"
#include "record/tell.h"
#include "trace/mem.h"

/* Which file a name means depends on these; the others only make the call fail. */
#define HOW_OF_PLACE (RESOLVE_IN_ROOT | RESOLVE_BENEATH)

static bool read_how(const struct task *task, struct pending *p)
{
	struct open_how how;

	if (mem_read(task->tid, p->call.addr, &how, sizeof how) < 0)
		return false;
	p->call.flags = (uint32_t)how.flags;
	p->call.mode = (int64_t)how.mode;
	p->how = how.resolve;
	return true;
}

/* /dev/null and its like, which every configure script opens by the thousand. */
static bool is_device(struct recorder *r, const struct task *task, int dirfd)
{
	struct inode there;

	if (strncmp(r->text, "/dev/", 5) || !strncmp(r->text, "/dev/fd/", 8) ||
		!strncmp(r->text, "/dev/std", 8))
		return false;
	return resolve_stat(&r->resolver, task->tid, dirfd, r->text, &there) == 0 && there.exists &&
		inode_is_device(&there);
}

static bool only_makes(uint32_t flags)
{
	return (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
}

/*
 * Where a symlink leads, or what is made where a folder is missing yet, is asked of a task that
 * lives, from its own root; and a name that the kernel will not tell of the descriptor has to be
 * seen before.
 */
static void see_target(struct recorder *r, const struct task *task, struct pending *p)
{
	struct name target = NAME_INIT;
	int dirfd = p->call.place[0].dirfd, e;

	if (!p->by_link)
		e = resolve_gone(&r->resolver, task->tid, dirfd, r->text, &target);
	else if (p->name[0].now.exists)
		e = resolve_target(&r->resolver, task->tid, dirfd, r->text, &target);
	else
		e = resolve_made(&r->resolver, task->tid, dirfd, r->text, &target);
	if (e == 0)
		buf_add(&p->leads, target.path.data, target.path.len);
	name_release(&target);
}

/* What stands there, and under which name; an original is kept before it is lost. */
static void look_at_place(struct recorder *r, const struct task *task, struct pending *p)
{
	struct inode *now = &p->name[0].now;
	int dirfd = p->call.place[0].dirfd;
	uint32_t flags = p->call.flags;

	p->error[0] = resolve_entry(&r->resolver, task->tid, dirfd, r->text, &p->name[0]);
	if (p->error[0] == 0)
		buf_add(&p->asked, p->name[0].path.data, p->name[0].path.len);
	else
		buf_adds(&p->text[0], p->name[0].path.len ? p->name[0].path.data : r->text);
	if (p->error[0] == -ENOENT && r->resolver.roots_vary)
		see_target(r, task, p);
	if (only_makes(flags))
		return;
	p->by_link = now->exists && S_ISLNK(now->mode) && !(flags & O_NOFOLLOW);
	if (p->by_link) {
		p->error[0] = resolve_stat(&r->resolver, task->tid, dirfd, r->text, now);
		see_target(r, task, p);
	}
	originals_open(r, task, p);
}

enum next enter_open(struct recorder *r, struct task *task, struct pending *p)
{
	struct call *c = &p->call;
	bool device;

	if (c->addr && !read_how(task, p))
		return NEXT_GO; /* the kernel will not read it either */
	r->handles |= (c->flags & OPEN_HOLDS_MASK) == OPEN_HOLDS;
	if (!open_flags_change(c->flags))
		return NEXT_GO;
	if (!(c->flags & (O_CREAT | __O_TMPFILE)))
		c->mode = -1;
	else if (c->mode >= 0)
		c->mode &= 07777;
	if (c->places == 0)
		return NEXT_FOLLOW; /* open_by_handle_at: named at its exit only */
	p->error[0] = place_read(r, task, p, 0);
	if (p->error[0] < 0)
		return NEXT_FOLLOW;
	r->resolver.how = p->how & HOW_OF_PLACE;
	device = is_device(r, task, c->place[0].dirfd);
	if (!device)
		look_at_place(r, task, p);
	r->resolver.how = 0;
	return device ? NEXT_GO : NEXT_FOLLOW;
}

/*
 * The task is gone, and its folders with it. The name that was found at the entry stands; another
 * one, or a symlink on its way, means from here what it means to us.
 */
static bool is_told(const struct recorder *r, const struct pending *p, const char *asked)
{
	return *asked == '/' && (!r->resolver.roots_vary || (p->asked.len && !p->by_link));
}

/*
 * Nobody writes any more through what a task opened that is gone: a file is made, or emptied, or
 * nothing has happened. What stood there is known of the name that was found at the entry, and of
 * the file; where the open led elsewhere, what is there now has to do.
 */
static void touch_lost(struct recorder *r, const struct pending *p, const struct name *n)
{
	bool known = p->named[0] && (!strcmp(n->path.data, p->name[0].path.data) ||
		(n->now.exists && inode_identity(&n->now) == inode_identity(&p->name[0].now)));

	if (!known && n->now.exists && !(p->call.flags & O_TRUNC) &&
		!inode_born_since(&n->now, r->touches.started_ns))
		return;
	touches_path(&r->touches, n->path.data, known ? &p->name[0].now : &n->now, !known);
	touches_look(&r->touches, n->path.data);
}

void lost_open(struct recorder *r, struct pending *p)
{
	struct name name = NAME_INIT;
	const char *asked = p->asked.len ? p->asked.data : p->text[0].len ? p->text[0].data : "";

	if (p->leads.len) {
		touches_path(&r->touches, p->leads.data, &p->name[0].now, false);
		touches_look(&r->touches, p->leads.data);
	}
	if (is_told(r, p, asked) &&
		(resolve_target(&r->resolver, getpid(), AT_FDCWD, asked, &name) == 0 ||
			(!p->by_link &&
				resolve_gone(&r->resolver, getpid(), AT_FDCWD, asked, &name) == 0)))
		touch_lost(r, p, &name);
	name_release(&name);
}

/*
 * A filter of the program's own that traps or kills rolls the registers back,
 * and the call's number stands where its result would (--no-seccomp only: else
 * such a call never stops). It may be a descriptor all the same.
 */
static bool is_what_was_asked(struct recorder *r, const struct task *task, const struct pending *p)
{
	const struct inode *opened = &p->name[0].now;
	struct inode there;

	if (!r->tracer.every_call || r->resolver.mounts.active || (p->call.flags & __O_TMPFILE))
		return true;
	if (p->asked.len)
		return inode_stands_at(opened, p->asked.data, 0);
	if (p->error[0] != -ENOENT)
		return true;
	return resolve_stat(&r->resolver, task->tid, p->call.place[0].dirfd, p->text[0].data,
		       &there) == 0 &&
		there.exists && inode_identity(&there) == inode_identity(opened);
}

/*
 * Nothing of it was there before: for sure only where the entry found
 * its folder, and the folder empty there.
 */
static bool has_made(const struct pending *p, const struct inode *before)
{
	if ((p->call.flags & __O_TMPFILE) || only_makes(p->call.flags))
		return true;
	return !before->exists && p->error[0] == 0 && p->call.places > 0;
}

/*
 * Another task may have put a file there between our question
 * and the open; or nothing could be asked.
 */
static bool is_late(const struct pending *p, const struct inode *before)
{
	if (p->call.places == 0 || (p->error[0] < 0 && p->error[0] != -ENOENT))
		return true;
	if (before->exists)
		return inode_identity(before) != inode_identity(&p->name[0].now);
	/* Nothing was there, and now a symlink, to a file of which nobody has asked. */
	return p->asked.len && !p->by_link && strcmp(p->asked.data, p->name[0].path.data);
}

void leave_open(struct recorder *r, struct task *task, struct pending *p, int64_t result)
{
	struct inode before = p->name[0].now, *now = &p->name[0].now;
	bool deleted, late;
	uint32_t file;
	int e = resolve_opened(&r->resolver, task->tid, (int)result, &p->asked, &p->name[0],
		&deleted);

	if (e == -EBADF)
		return; /* a pipe or a socket behind /proc/self/fd: in no file tree */
	if (e == -ENODEV || e == -EXDEV || e == -EREMOTE) {
		tell_unnamed(r, p, e);
		return;
	}
	if (e < 0) {
		/* Killed while it stood here: the descriptor is gone, the file is not. */
		p->name[0].now = before;
		lost_open(r, p);
		if (e != -ENOENT && e != -ESRCH)
			tell_unnamed(r, p, e);
		return;
	}
	if (p->call.nr == (uint64_t)result && !is_what_was_asked(r, task, p))
		return;
	if (!S_ISREG(now->mode))
		return; /* a device, a fifo: opening it changes nothing on disk */
	if (before.exists && !(p->call.flags & __O_TMPFILE))
		p->call.mode = -1; /* nothing was made that could have it */
	file = has_made(p, &before) ? touches_made(&r->touches, now) :
				      touches_file(&r->touches, now);
	late = is_late(p, &before);
	if (late)
		before = *now;
	if (!deleted) {
		late |= before.exists && place_in_doubt(r, p->name[0].path.data);
		touches_path(&r->touches, p->name[0].path.data, &before, late);
		touches_place(&r->touches, p->name[0].path.data, file);
	}
	tell_event(r, task, p, p->name[0].path.data, NULL, file);
	if (p->by_link && p->asked.len)
		r->sink->stood(r->sink, p->asked.data);
}
