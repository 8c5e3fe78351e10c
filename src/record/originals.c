/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/originals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/quiet.h"
#include "base/xattrs.h"
#include "model/keep-linked.h"
#include "record/handles.h"

static void note_loss(struct recorder *r, enum keep keep, const char *path, int error)
{
	char text[PATH_MAX + 160];

	if (keep == KEEP_LIMIT)
		snprintf(text, sizeof text,
			"--backup-limit was reached: some of what this run changed cannot be put "
			"back ('buildaudit rollback -n' lists it)");
	else if (error == -EAGAIN)
		snprintf(text, sizeof text,
			"%s changed while its original was copied: it cannot be put back", path);
	else
		snprintf(text, sizeof text,
			"the original of %s could not be kept (%s): it cannot be put back", path,
			error == -ELIBACC ? "there is no libcrypto here" : strerror(-error));
	r->sink->note(r->sink, text);
}

/* A symlink's text and the attributes; they are told with what else is lost. */
struct meta {
	char target[PATH_MAX];
	struct buf xattrs;
};

/* As where there are more than listxattr(2) tells: XFS has room for more names than 64 KiB. */
static void note_attributes(struct recorder *r, const char *path, int error)
{
	char text[PATH_MAX + 128];

	snprintf(text, sizeof text,
		"the extended attributes of %s could not be read (%s): they cannot be put back",
		path, strerror(-error));
	r->sink->note(r->sink, text);
}

/* Of what stays where it is nobody shall see that it was read. */
static void read_meta(struct recorder *r, const struct name *n, bool stays, struct meta *m,
	struct original *o)
{
	ssize_t (*read_text)(const char *, char *) = stays ? quiet_readlink_once : io_readlink;
	int e;

	if (S_ISLNK(n->now.mode) && read_text(n->path.data, m->target) >= 0)
		o->target = m->target;
	e = xattrs_read(n->path.data, false, &m->xattrs);
	if (e == 0) {
		o->xattrs = m->xattrs.data ? m->xattrs.data : "";
		o->xattrs_len = (uint32_t)m->xattrs.len;
	} else if (e != -ENOENT) {
		note_attributes(r, n->path.data, e);
	}
}

/* With its receipt, and on disk before the call goes on. */
static int secure(struct recorder *r, const struct name *n, struct original *o, struct keeping *g)
{
	struct touch t = { .path = n->path.data, .before = n->now,
		.excluded = scope_excludes(&r->scope, n->path.data) };
	int e, end;

	if (!r->secured)
		r->sink->secure(r->sink);
	r->secured = true;
	e = keep_receipt(&r->keeper, &t, o);
	end = keep_end(&r->keeper, n->now.dev, g);
	return e < 0 ? e : end;
}

static void keep(struct recorder *r, const struct name *n, unsigned int what, bool goes_whole,
	struct original *o)
{
	struct keeping g = KEEPING_INIT;
	int e;

	if ((what & FILE_CONTENT) && S_ISREG(n->now.mode))
		o->keep = keep_begin(&r->keeper, n->path.data, &n->now,
			goes_whole && !handles_hold(r, &n->now), &g);
	o->hash = o->keep == KEEP_WHOLE ? g.hash : NULL;
	e = secure(r, n, o, &g);
	if (e < 0 && o->keep == KEEP_WHOLE) {
		o->keep = KEEP_FAILED;
		o->hash = NULL;
		g.error = e;
	}
	if (o->keep == KEEP_LIMIT || o->keep == KEEP_FAILED)
		note_loss(r, o->keep, n->path.data, g.error);
	if (g.held >= 0 && o->keep == KEEP_WHOLE) {
		r->spared.file = o->file;
		r->spared.held = g.held;
		memcpy(r->spared.hash, g.hash, sizeof g.hash);
	} else {
		cleanup_closep(&g.held);
	}
	/* What is about to be lost is told before it is. */
	touches_path(&r->touches, n->path.data, &n->now, false);
	r->sink->original(r->sink, o);
}

static void lose(struct recorder *r, const struct name *n, unsigned int what, bool goes_whole)
{
	unsigned int flags = n->now.exists ? touches_flags(&r->touches, &n->now) : 0;
	struct meta meta = { .xattrs = BUF_INIT };
	struct original o = { 0 };
	bool in_place = what == FILE_META, excluded;

	what &= ~flags;
	if (r->sink->ended || !n->now.exists || !what || (flags & FILE_MADE) ||
		path_is_virtual(n->path.data))
		return;
	if (r->may_wait && turns_concern(&r->turns, n)) {
		r->has_to = true; /* what is kept now may be another's doing already */
		return;
	}
	/* What stood at an installed path is kept wherever the run has carried it. */
	excluded = !(flags & FILE_WANTED) && scope_excludes(&r->scope, n->path.data);
	/* Another name of it may be installed: what is lost there is so by a write here only. */
	if (excluded && n->now.nlink > 1 && !S_ISDIR(n->now.mode)) {
		if (goes_whole)
			return;
		excluded = false;
	}
	o.file = touches_file(&r->touches, &n->now);
	touches_mark(&r->touches, o.file, what);
	if ((what & FILE_META) && (in_place || !excluded))
		read_meta(r, n, in_place, &meta, &o);
	if (!excluded)
		keep(r, n, what, goes_whole, &o);
	else if (o.target || o.xattrs)
		/* attributes changed where the file stands: the manifest wants to know */
		r->sink->original(r->sink, &o);
	buf_release(&meta.xattrs);
}

void originals_lose(struct recorder *r, const struct name *n, unsigned int what)
{
	lose(r, n, what, false);
}

void originals_lose_inside(struct recorder *r, const char *folder, const struct walk *w)
{
	struct name n = NAME_INIT;
	size_t i;

	for (i = 0; i < w->count && walk_path(&n.path, folder, &w->entries[i]); i++) {
		n.now = w->entries[i].now;
		originals_lose(r, &n, FILE_CONTENT | FILE_META);
	}
	name_release(&n);
}

void originals_lose_name(struct recorder *r, const struct name *n)
{
	lose(r, n, FILE_CONTENT | FILE_META, true);
}

void originals_spared(struct recorder *r, struct pending *p)
{
	if (!p->spared.file)
		return;
	IGNORE(keep_settle(&r->keeper, p->spared.hash, true, &p->spared.held));
	touches_unmark(&r->touches, p->spared.file, FILE_CONTENT | FILE_META);
	p->spared.file = 0;
}

void originals_gone(struct recorder *r, struct pending *p)
{
	int e;

	if (!p->spared.file)
		return;
	e = keep_settle(&r->keeper, p->spared.hash, false, &p->spared.held);
	if (e < 0)
		note_loss(r, KEEP_FAILED, p->name[p->op == OP_RENAME].path.data, e);
	p->spared.file = 0;
}

static unsigned int open_takes(uint32_t flags)
{
	bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC);

	/*
	 * A descriptor for writing is all that fchmod and fsetxattr need, too, but those have stops
	 * of their own; a write takes a file's capabilities away.
	 */
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
	if (resolve_target(&r->resolver, task->tid, p->call.place[0].dirfd, r->text, &p->name[0]) ==
		0)
		originals_lose(r, &p->name[0], takes);
	p->name[0].now = asked;
}
