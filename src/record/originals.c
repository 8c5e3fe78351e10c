/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/originals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/xattrs.h"

static void note_loss(struct recorder *r, enum keep keep, const char *path, int error)
{
	char text[PATH_MAX + 160];

	if (keep == KEEP_LIMIT)
		snprintf(text, sizeof text, "--backup-limit was reached: some of what this run changed cannot be "
					    "put back ('buildaudit rollback -n' lists it)");
	else if (error == -EAGAIN)
		snprintf(text, sizeof text, "%s changed while its original was copied: it cannot be put back", path);
	else
		snprintf(text, sizeof text, "the original of %s could not be kept (%s): it cannot be put back",
			path, strerror(-error));
	r->sink->note(r->sink, text);
}

static void tell_content(struct recorder *r, const struct name *n, struct original *o)
{
	unsigned char hash[SHA256_LEN];
	int error;

	o->keep = keep_content(&r->keeper, n->path.data, &n->now, hash, &error);
	o->hash = o->keep == KEEP_WHOLE ? hash : NULL;
	if (o->keep == KEEP_LIMIT || o->keep == KEEP_FAILED)
		note_loss(r, o->keep, n->path.data, error);
	r->sink->original(r->sink, o);
}

static void tell_meta(struct recorder *r, const struct name *n, struct original *o)
{
	_cleanup_buf_ struct buf xattrs = BUF_INIT;
	char target[PATH_MAX];

	if (S_ISLNK(n->now.mode) && io_readlink(n->path.data, target) >= 0)
		o->target = target;
	if (xattrs_read(n->path.data, false, &xattrs) == 0) {
		o->xattrs = xattrs.data ? xattrs.data : "";
		o->xattrs_len = (uint32_t)xattrs.len;
	}
	if (o->target || o->xattrs)
		r->sink->original(r->sink, o);
}

void originals_lose(struct recorder *r, const struct name *n, unsigned int what)
{
	unsigned int flags = n->now.exists ? touches_flags(&r->touches, &n->now) : 0;
	struct original o = { 0 };
	bool in_place = what == FILE_META;

	what &= ~flags;
	if (!n->now.exists || !what || (flags & FILE_MADE) || path_is_virtual(n->path.data))
		return;
	if (n->now.birth_ns > r->touches.started_ns)
		return; /* made since the start, by a call that has not come to its exit yet */
	o.file = touches_file(&r->touches, &n->now);
	touches_mark(&r->touches, o.file, what);
	/* What stood at an installed path is kept wherever the run has carried it. */
	if (!(flags & FILE_WANTED) && scope_excludes(&r->scope, n->path.data)) {
		/* Attributes changed where the file stands: the manifest wants to know. */
		if (in_place)
			tell_meta(r, n, &o);
		return;
	}
	if (what & FILE_META)
		tell_meta(r, n, &o);
	o.target = NULL;
	o.xattrs = NULL;
	if ((what & FILE_CONTENT) && S_ISREG(n->now.mode))
		tell_content(r, n, &o);
}

static unsigned int open_takes(uint32_t flags)
{
	bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC);

	/* A descriptor for writing is all that fchmod and fsetxattr need, too, but those have stops of their
	 * own; a write takes a file's capabilities away. */
	return writes ? FILE_CONTENT | FILE_META : 0;
}

void originals_open(struct recorder *r, const struct task *task, struct pending *p)
{
	const struct inode *now = &p->name[0].now;
	struct inode asked = *now;
	unsigned int takes = open_takes(p->call.flags);

	if (!now->exists || !S_ISREG(now->mode) || !takes)
		return;
	/* This is where nearly every open ends: a file of the run's own, or one that is kept. */
	if (touches_file_known(&r->touches, now)) {
		unsigned int flags = touches_flags(&r->touches, now);

		if ((flags & FILE_MADE) || (flags & takes) == takes)
			return;
	}
	if (resolve_target(&r->resolver, task->tid, p->call.place[0].dirfd, r->text, &p->name[0]) == 0)
		originals_lose(r, &p->name[0], takes);
	p->name[0].now = asked;
}
