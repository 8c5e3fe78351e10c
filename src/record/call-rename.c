/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Renames. A folder takes along all that is in it, and what others do there
 * meanwhile: between its two stops nobody knows which of its names holds.
 */
#include "record/call-rename.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "record/call-entry.h"
#include "record/inside.h"
#include "record/originals.h"
#include "record/places.h"
#include "record/tell.h"

static bool is_folder(const struct pending *p, int i)
{
	return p->named[i] && p->name[i].now.exists && S_ISDIR(p->name[i].now.mode);
}

/*
 * What moves takes its attributes along, and another may come to stand in its
 * place that differs in nothing else. Of a folder the same holds for those in it;
 * a file in a file's place is another one anyway.
 */
static void keep_attributes(struct recorder *r, const struct pending *p, int i)
{
	struct name name = NAME_INIT;
	size_t n;

	originals_lose(r, &p->name[i], FILE_META);
	for (n = 0; n < p->inside[i].count; n++) {
		if (!S_ISDIR(p->inside[i].entries[n].now.mode))
			continue;
		name.now = p->inside[i].entries[n].now;
		if (walk_path(&name.path, p->name[i].path.data, &p->inside[i].entries[n]))
			originals_lose(r, &name, FILE_META);
	}
	name_release(&name);
}

/* A folder's content goes with it: each name in it is a change at both ends. */
static void look_inside(struct recorder *r, struct pending *p, int i)
{
	if (!p->named[i])
		return;
	if (!is_folder(p, i)) {
		keep_attributes(r, p, i);
		return;
	}
	walk_below(&p->inside[i], p->name[i].path.data);
	if (p->inside[i].incomplete)
		r->sink->note(r->sink,
			"a renamed folder could not be read in full: some names in it are not in "
			"the manifest");
	keep_attributes(r, p, i);
}

enum next enter_rename(struct recorder *r, struct task *task, struct pending *p)
{
	bool exchange = p->call.flags & RENAME_EXCHANGE;
	enum next next = enter_entry(r, task, p);
	int i;

	for (i = 0; i < 2; i++)
		if (p->named[i] && !p->name[i].now.exists)
			p->before[i] = BEFORE_NOTHING;
	look_inside(r, p, 0);
	if (exchange)
		look_inside(r, p, 1);
	else if (p->named[1])
		originals_lose_name(r, &p->name[1]);
	return next;
}

/* What is in a folder that moves is gone from where it was. */
static void leave_inside(struct recorder *r, const struct walk *w, const char *from)
{
	_cleanup_buf_ struct buf path = BUF_INIT;
	size_t i;

	for (i = 0; i < w->count; i++) {
		if (!walk_path(&path, from, &w->entries[i]))
			return;
		touches_path(&r->touches, path.data, &w->entries[i].now, false);
		touches_place(&r->touches, path.data,
			touches_file(&r->touches, &w->entries[i].now));
	}
}

static void arrive_names(struct recorder *r, const struct walk *w, const char *from, const char *to)
{
	static const struct inode nothing;
	_cleanup_buf_ struct buf old = BUF_INIT, new = BUF_INIT;
	size_t i;

	for (i = 0; i < w->count; i++) {
		uint32_t file = touches_file(&r->touches, &w->entries[i].now);

		if (!walk_path(&old, from, &w->entries[i]) || !walk_path(&new, to, &w->entries[i]))
			return;
		touches_path(&r->touches, new.data, &nothing, false);
		touches_place(&r->touches, new.data, file);
		r->sink->alias(r->sink, file, new.data, old.data);
	}
}

void rename_begins(struct recorder *r, struct pending *p)
{
	/* What is not there now may be a folder that comes yet. */
	p->moves_folder = !p->name[0].now.exists || is_folder(p, 0) ||
		(p->call.flags & RENAME_EXCHANGE);
	if (!p->moves_folder)
		return;
	r->resolver.folders.moving++;
	folders_forget(&r->resolver.folders);
	inside_expect(&r->touches, p);
}

void rename_ends(struct recorder *r, struct pending *p)
{
	if (!p->moves_folder)
		return;
	inside_unexpect(&r->touches, p);
	r->resolver.folders.moving--;
	p->moves_folder = false;
}

static bool has_arrived(const struct pending *p, int from, int to)
{
	return inode_stands_at(&p->name[from].now, p->name[to].path.data, AT_SYMLINK_NOFOLLOW);
}

/*
 * What is in the folder now: with what others put into it between our look at
 * the entry and the rename, and have told of already, by the old name.
 */
static void arrive_inside(struct recorder *r, const struct pending *p, int from, int to)
{
	const char *old = p->name[from].path.data, *new = p->name[to].path.data;
	struct walk now = { 0 };

	if (!is_folder(p, from))
		return;
	/* It may have been moved on already: then what it held tells. */
	if (has_arrived(p, from, to))
		walk_below(&now, new);
	arrive_names(r, now.count && !now.incomplete ? &now : &p->inside[from], old, new);
	walk_release(&now);
}

static void move_one(struct recorder *r, const struct task *task, struct pending *p, int from,
	int to)
{
	const char *old = p->name[from].path.data, *new = p->name[to].path.data;
	uint32_t file = touches_file(&r->touches, &p->name[from].now);

	/* The last file at the old name is still this one, until another comes. */
	touches_place(&r->touches, old, file);
	touches_place(&r->touches, new, file);
	r->sink->alias(r->sink, file, new, old);
	tell_event(r, task, p, new, old, file);
}

static void arrive_all(struct recorder *r, const struct pending *p)
{
	arrive_inside(r, p, 0, 1);
	if (p->call.flags & RENAME_EXCHANGE)
		arrive_inside(r, p, 1, 0);
}

/* Two names of one file are no rename. */
bool rename_shows(const struct pending *p)
{
	return p->named[0] && p->named[1] && p->name[0].now.exists && has_arrived(p, 0, 1) &&
		!inode_stands_at(&p->name[0].now, p->name[0].path.data, AT_SYMLINK_NOFOLLOW);
}

void lost_rename(struct recorder *r, struct pending *p)
{
	places_lost(r, p);
	if (!p->named[0] || !p->named[1])
		return;
	leave_inside(r, &p->inside[0], p->name[0].path.data);
	leave_inside(r, &p->inside[1], p->name[1].path.data);
}

/* What the entry did not see there has come, and been moved: it stands at the other end. */
static void see_moved(struct pending *p, int from, int to)
{
	if (!p->name[from].now.exists)
		inode_stat(&p->name[from].now, AT_FDCWD, p->name[to].path.data,
			AT_SYMLINK_NOFOLLOW);
}

void leave_rename(struct recorder *r, struct task *task, struct pending *p, int64_t result)
{
	bool exchange = p->call.flags & RENAME_EXCHANGE;
	const char *old, *new;

	if (!place_named(r, p, 0) || !place_named(r, p, 1))
		return;
	old = p->name[0].path.data;
	new = p->name[1].path.data;
	see_moved(p, 0, 1);
	if (exchange)
		see_moved(p, 1, 0);
	place_touch(r, p, 0);
	place_touch(r, p, 1);
	/* With an exchange both ends lose something: all of that before anything arrives. */
	leave_inside(r, &p->inside[0], old);
	leave_inside(r, &p->inside[1], new);
	arrive_all(r, p);
	move_one(r, task, p, 0, 1);
	if (exchange) {
		move_one(r, task, p, 1, 0);
		/* That name is not empty after all. */
		touches_place(&r->touches, new, touches_file(&r->touches, &p->name[0].now));
	}
}
