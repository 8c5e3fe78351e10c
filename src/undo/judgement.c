/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/judgement.h"

#include <errno.h>
#include <string.h>

static struct judgement is(enum state state)
{
	return (struct judgement){ .state = state };
}

static struct judgement refused(const char *reason)
{
	return (struct judgement){ .state = STATE_REFUSED, .reason = reason };
}

/* Whatever the run left in an excluded place, and somebody took away since, is no matter. */
static bool is_free_home(const struct situation *s)
{
	return s->excluded && s->was && s->left && !s->is;
}

static struct judgement judge_there(const struct situation *s)
{
	if (s->later)
		return refused("a later run changed it since");
	if (s->as_before || (!s->is && s->change == CHANGE_CREATED))
		return is(STATE_BEFORE);
	if (s->hidden && !s->force)
		return refused("the run mounted or unmounted a file system there");
	if (s->as_left || s->half_done || s->taken_out || (s->force && !s->folder_in_way) ||
		is_free_home(s))
		return is(STATE_OURS);
	/* that there is one is all that was before, and it is not this one's */
	if (s->index && s->is && s->was)
		return is(STATE_BEFORE);
	return refused(s->is ? "changed since" : "removed since");
}

/* That a folder above it is none is as the run left it only if the run did it. */
static struct judgement judge_blocked(const struct situation *s)
{
	if (s->later)
		return refused("a later run changed it since");
	/*
	 * There is nothing below what is no folder; and a folder that the run put in the place of
	 * a symlink may be that again, or half of it.
	 */
	if (!s->was && (s->above_is_back || !s->above_is_link))
		return is(STATE_BEFORE);
	if (s->change == CHANGE_REMOVED && !s->lacks_folder)
		return is(STATE_OURS);
	return refused("a folder above it is a symlink, or no folder, now");
}

/* Whatever stands there: it is no matter of this rollback. */
static bool is_no_matter(const struct situation *s)
{
	bool is_folder = s->as_needed && s->is && s->change == CHANGE_REMOVED;

	return (is_folder && !s->begun) || s->for_good ||
		(s->of_others && !s->is_what_was_left);
}

/* A folder that is made again is none that is out of reach. */
static bool is_out_of_reach(const struct situation *s)
{
	return s->error < 0 && (s->error != -ENOENT || s->lacks_folder);
}

struct judgement judgement_of(const struct situation *s)
{
	struct judgement v;

	if (s->error == -ELOOP)
		v = judge_blocked(s);
	else if (s->error < 0 && s->error != -ENOENT)
		v = refused(strerror(-s->error));
	else
		v = judge_there(s);
	/* From an excluded place a file only comes home when nothing else is there. */
	if (s->excluded && (s->is || is_out_of_reach(s) || (s->was && !s->left)))
		v = (struct judgement){ .state = STATE_LEAVE,
			.lends = v.state == STATE_OURS && s->error == 0 };
	if (is_no_matter(s))
		v = (struct judgement){ .state = STATE_LEAVE, .lends = v.lends };
	if (v.state == STATE_OURS && s->was && s->error == -ENOENT && s->lacks_folder) {
		v = refused("the folder that it was in is gone");
		v.whoever = true;
	}
	return v;
}

static const char *not_kept(const struct entry *e)
{
	switch (e->keep) {
	case KEEP_OFF:
		return "its original was not kept (--no-backup)";
	case KEEP_LIMIT:
		return "its original was not kept (--backup-limit)";
	case KEEP_FAILED:
		return "its original could not be kept";
	case KEEP_WHOLE:
		return "its kept original is gone, or damaged";
	default:
		return "its original was not kept";
	}
}

static bool has_same_content(const struct entry *e)
{
	const struct side *b = &e->before, *a = &e->after;

	if (e->begun == BEGUN_CONTENT)
		return false;
	return e->content_changed == 0 || !S_ISREG(b->i.mode) ||
		(b->has_hash && a->has_hash && !memcmp(b->hash, a->hash, SHA256_LEN));
}

/* In another file it is only where both sides have a digest, which it was held against. */
static bool stands_there(const struct holdings *h)
{
	bool read = h->as_left && !h->rewritten && h->e->before.has_hash && h->e->after.has_hash;

	return (h->same_inode || read) && has_same_content(h->e);
}

static bool is_secured(const struct holdings *h)
{
	const struct side *b = &h->e->before;

	if (S_ISREG(b->i.mode))
		return b->i.size == 0 || h->object;
	return !S_ISLNK(b->i.mode) || b->target;
}

struct means means_of(const struct holdings *h)
{
	const struct side *b = &h->e->before;
	struct means m = { .content_same = stands_there(h), .secured = is_secured(h) };

	/* Of what has other names the same inode is better than the same content. */
	m.fetch = h->carried && (!m.secured || b->i.nlink > 1);
	if (h->e->late && S_ISREG(b->i.mode))
		m.lacks = "what was there before is not known";
	else if (!m.secured && !m.fetch && !m.content_same && !h->temp && !h->other_name)
		m.lacks = not_kept(h->e);
	return m;
}
