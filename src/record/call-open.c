/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens that can change a file. What stood there is asked at the entry, by
 * the name as given; which file it became is asked at the exit, of the
 * descriptor itself: no race, no guess.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <unistd.h>

#include "record/calls.h"
#include "record/originals.h"
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

	if (strncmp(r->text, "/dev/", 5) || !strncmp(r->text, "/dev/fd/", 8) || !strncmp(r->text, "/dev/std", 8))
		return false;
	return resolve_stat(&r->resolver, task->tid, dirfd, r->text, &there) == 0 && there.exists &&
		(S_ISCHR(there.mode) || S_ISBLK(there.mode));
}

static bool only_makes(uint32_t flags)
{
	return (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
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
	if (only_makes(flags))
		return;
	if (now->exists && S_ISLNK(now->mode) && !(flags & O_NOFOLLOW))
		p->error[0] = resolve_stat(&r->resolver, task->tid, dirfd, r->text, now);
	originals_open(r, task, p);
}

enum next enter_open(struct recorder *r, struct task *task, struct pending *p)
{
	struct call *c = &p->call;
	bool device;

	if (c->addr && !read_how(task, p))
		return NEXT_GO; /* the kernel will not read it either */
	if (!open_flags_change(c->flags))
		return NEXT_GO;
	if (!(c->flags & (O_CREAT | __O_TMPFILE)))
		c->mode = -1;
	else if (c->mode >= 0)
		c->mode &= 07777;
	if (c->places == 0)
		return NEXT_FOLLOW; /* open_by_handle_at: named at its exit only */
	p->error[0] = read_place(r, task, p, 0);
	if (p->error[0] < 0)
		return p->error[0] == -EFAULT ? NEXT_GO : NEXT_FOLLOW;
	r->resolver.how = p->how & HOW_OF_PLACE;
	device = is_device(r, task, c->place[0].dirfd);
	if (!device)
		look_at_place(r, task, p);
	r->resolver.how = 0;
	return device ? NEXT_GO : NEXT_FOLLOW;
}

void lost_open(struct recorder *r, struct pending *p)
{
	struct name name = NAME_INIT;

	/* The task is gone, and its folder with it: from here the name means what it means to us. */
	if (p->asked.len && (resolve_target(&r->resolver, getpid(), AT_FDCWD, p->asked.data, &name) == 0 ||
				    resolve_entry(&r->resolver, getpid(), AT_FDCWD, p->asked.data, &name) == 0))
		touches_path(&r->touches, name.path.data, &p->name[0].now, false);
	name_release(&name);
}

/*
 * A filter of the program's own that traps or kills rolls the registers back,
 * and the call's number stands where its result would (--no-seccomp only: else
 * such a call never stops). It may be a descriptor all the same.
 */
static bool is_what_was_asked(const struct recorder *r, const struct pending *p)
{
	if (!r->tracer.every_call || r->resolver.mounts.active || (p->call.flags & __O_TMPFILE))
		return true;
	if (!p->asked.len)
		return p->error[0] != -ENOENT;
	return inode_stands_at(&p->name[0].now, p->asked.data, 0);
}

void leave_open(struct recorder *r, struct task *task, struct pending *p, int64_t result)
{
	struct inode before = p->name[0].now, *now = &p->name[0].now;
	bool deleted, late;
	uint32_t file;
	int e = resolve_opened(&r->resolver, task->tid, (int)result, &p->asked, &p->name[0], &deleted);

	if (e == -EBADF)
		return; /* a pipe or a socket behind /proc/self/fd: in no file tree */
	if (e == -ENODEV || e == -EREMOTE) {
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
	if (p->call.nr == (uint64_t)result && !is_what_was_asked(r, p))
		return;
	if (!S_ISREG(now->mode))
		return; /* a device, a fifo: opening it changes nothing on disk */
	if (before.exists && !(p->call.flags & __O_TMPFILE))
		p->call.mode = -1; /* nothing was made that could have it */
	file = before.exists && !(p->call.flags & __O_TMPFILE) ? touches_file(&r->touches, now) :
								touches_made(&r->touches, now);
	/* Another task may have put a file there between our question and the open. */
	late = p->call.places == 0 || (before.exists && inode_identity(&before) != inode_identity(now));
	if (late)
		before = *now;
	if (!deleted) {
		touches_path(&r->touches, p->name[0].path.data, &before, late);
		touches_place(&r->touches, p->name[0].path.data, file);
	}
	tell_event(r, task, p, p->name[0].path.data, NULL, file);
}
