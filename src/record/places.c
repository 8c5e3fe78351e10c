/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/places.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "record/inside.h"
#include "record/tell.h"
#include "trace/mem.h"

int place_read(struct recorder *r, const struct task *task, const struct pending *p, int i)
{
	ssize_t n = mem_read_string(task->tid, p->call.place[i].addr, r->text, sizeof r->text);

	return n < 0 ? (int)n : 0;
}

static int name_fd(struct recorder *r, const struct task *task, const struct pending *p, int i,
	struct name *out)
{
	bool deleted;
	int e = resolve_fd(&r->resolver, task->tid, p->call.place[i].dirfd, out, &deleted);

	/* Without a name it is in no file tree; only a later link can bring it there. */
	return e < 0 ? e : deleted ? -ENOENT : 0;
}

/* What place i is called now. */
static int name_now(struct recorder *r, const struct task *task, const struct pending *p, int i,
	struct name *out)
{
	const struct place *at = &p->call.place[i];
	const struct buf *text = &p->text[i];

	if (at->by_fd)
		return name_fd(r, task, p, i, out);
	if (!text->data || text->failed)
		return -ENOMEM;
	if (at->follow)
		return resolve_target(&r->resolver, task->tid, at->dirfd, text->data, out);
	return resolve_entry(&r->resolver, task->tid, at->dirfd, text->data, out);
}

/* Without a name nothing is known to stand there, either. */
static void set_named(struct pending *p, int i, int error)
{
	p->named[i] = error == 0;
	p->error[i] = error;
	if (error < 0)
		p->name[i].now.exists = false;
}

/* In case that its folder comes, and the task goes, whose root nobody can ask then. */
static void name_if_it_comes(struct recorder *r, const struct task *task, struct pending *p, int i,
	const char *text)
{
	if (resolve_gone(&r->resolver, task->tid, p->call.place[i].dirfd, text, &p->name[i]) < 0)
		buf_reset(&p->name[i].path);
	p->name[i].now.exists = false;
}

void place_ask_text(struct recorder *r, const struct task *task, struct pending *p, int i,
	const char *text)
{
	buf_reset(&p->text[i]);
	buf_add(&p->text[i], text, strlen(text));
	set_named(p, i, name_now(r, task, p, i, &p->name[i]));
	if (p->error[i] == -ENOENT && r->resolver.roots_vary && !p->call.place[i].follow)
		name_if_it_comes(r, task, p, i, text);
}

void place_ask(struct recorder *r, const struct task *task, struct pending *p, int i)
{
	struct place *at = &p->call.place[i];
	int e = at->by_fd ? 0 : place_read(r, task, p, i);
	const char *text = r->text;

	if (e < 0) {
		set_named(p, i, e);
		return;
	}
	if (!at->by_fd && i == 0 && p->call.empty_path && *text == '\0') {
		at->by_fd = at->dirfd != AT_FDCWD;
		text = ".";
	}
	if (at->by_fd)
		set_named(p, i, name_now(r, task, p, i, &p->name[i]));
	else
		place_ask_text(r, task, p, i, text);
}

static bool may_be_way(const struct pending *p, int i)
{
	const struct inode *now = &p->name[i].now;

	return !p->named[i] || !now->exists || S_ISDIR(now->mode) || S_ISLNK(now->mode);
}

/* May other names lead elsewhere after this call? */
static bool shifts_names(const struct pending *p)
{
	switch (p->op) {
	case OP_NONE: /* of mounts and roots */
		return true;
	case OP_UNLINK:
	case OP_RMDIR:
		return may_be_way(p, 0);
	case OP_RENAME:
		return may_be_way(p, 0) || (p->name[1].now.exists && may_be_way(p, 1));
	default:
		return false;
	}
}

/* The name that place i has now, if it is another one than at the entry. */
static void look_for_other(struct recorder *r, const struct task *task, struct pending *p, int i)
{
	struct name now = NAME_INIT;

	if (p->op == OP_LINK && p->call.place[i].by_fd)
		return; /* the new name is one of its names by now */
	if (p->named[i] && name_now(r, task, p, i, &now) == 0)
		pending_other(p, i, &now);
	name_release(&now);
}

/*
 * Names may have come to mean something else just now: for those who
 * stand in a call that is asked while it is so.
 */
static void look_for_others(struct recorder *r, const struct pending *but)
{
	struct task *task, *next;
	struct pending *p;
	int i;

	HASH_ITER(hh, r->tracer.tasks, task, next) {
		p = task->in_call && task->data ? thread_of(task)->pending : NULL;
		for (i = 0; p && p != but && i < p->call.places; i++)
			look_for_other(r, task, p, i);
	}
}

static bool names_nothing(const struct pending *p, int i)
{
	return i < p->call.places && p->error[i] == -ENOENT && !p->call.place[i].by_fd;
}

void places_begin(struct recorder *r, struct pending *p)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (p->named[i])
			touches_expect(&r->touches, p->name[i].path.data, &p->name[i].now);
		p->expected[i] = p->named[i];
	}
	p->unnamed = names_nothing(p, 0) || names_nothing(p, 1);
	r->unnamed += p->unnamed;
	p->among_shifts = r->shifting > 0;
	p->shifts = shifts_names(p);
	if (p->shifts) {
		r->shifting++;
		r->shifts++;
		look_for_others(r, p);
	}
	p->shifts_before = r->shifts;
}

static void expect_no_more(struct recorder *r, struct pending *p, int i)
{
	if (p->expected[i])
		touches_done(&r->touches, p->name[i].path.data);
	p->expected[i] = false;
}

void places_end(struct recorder *r, struct pending *p)
{
	expect_no_more(r, p, 0);
	expect_no_more(r, p, 1);
	if (p->shifts) {
		r->shifting--;
		look_for_others(r, p);
	}
	r->unnamed -= p->unnamed;
	p->shifts = p->unnamed = false;
}

/* Threads share a working folder and descriptors, and what they do to those does not stop. */
static bool starts_from_shared(const struct task *task, const struct pending *p, int i)
{
	bool from_root = !p->call.place[i].by_fd && p->text[i].len && p->text[i].data[0] == '/';

	return thread_of(task)->life->threads > 1 && !from_root;
}

static bool may_have_shifted(const struct recorder *r, const struct task *task,
	const struct pending *p, int i)
{
	return p->among_shifts || p->shifts_before != r->shifts || starts_from_shared(task, p, i);
}

/* What a call does to a place, and how it shows there. */
enum role {
	ROLE_MADE,    /* another thing stands there than before */
	ROLE_TAKEN,   /* what stood there does not any more */
	ROLE_CHANGED, /* it has a later ctime */
};

static enum role role_of(const struct pending *p, int i)
{
	static const enum role roles[][2] = {
		[OP_OPEN] = { ROLE_CHANGED },
		[OP_RENAME] = { ROLE_TAKEN, ROLE_MADE },
		[OP_LINK] = { ROLE_CHANGED, ROLE_MADE },
		[OP_SYMLINK] = { ROLE_MADE },
		[OP_UNLINK] = { ROLE_TAKEN },
		[OP_RMDIR] = { ROLE_TAKEN },
		[OP_MKDIR] = { ROLE_MADE },
		[OP_MKNOD] = { ROLE_MADE },
		[OP_TRUNCATE] = { ROLE_CHANGED },
		[OP_CHMOD] = { ROLE_CHANGED },
		[OP_CHOWN] = { ROLE_CHANGED },
		[OP_UTIME] = { ROLE_CHANGED },
		[OP_SETXATTR] = { ROLE_CHANGED },
		[OP_REMOVEXATTR] = { ROLE_CHANGED },
	};

	_Static_assert(ARRAY_SIZE(roles) == OP_COUNT, "an operation without its roles");
	return roles[p->op][i];
}

static bool is_same(const struct inode *a, const struct inode *b)
{
	return a->exists && b->exists && inode_identity(a) == inode_identity(b);
}

/* Of the two places of a rename or a link it is known which file comes to the second. */
static bool is_made(const struct pending *p, int i, const struct name *n, const struct inode *now)
{
	if (i == 1 && p->name[0].now.exists)
		return is_same(now, &p->name[0].now);
	return now->exists && (n != &p->name[i] || !is_same(now, &n->now));
}

/*
 * Did it happen at this name? `n->now` was asked at the entry, or
 * of another name perhaps after the call.
 */
static bool shows(const struct pending *p, int i, const struct name *n)
{
	struct inode now;

	if (inode_stat(&now, AT_FDCWD, n->path.data, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	switch (role_of(p, i)) {
	case ROLE_MADE:
		return is_made(p, i, n, &now);
	case ROLE_TAKEN:
		return n->now.exists && !is_same(&now, &n->now);
	default:
		return is_same(&now, &n->now) && now.ctime_ns != n->now.ctime_ns;
	}
}

/* Such a call succeeds only where nothing is; but a rename takes the place of what is there. */
static bool needs_nothing(const struct pending *p, int i)
{
	return role_of(p, i) == ROLE_MADE && p->op != OP_RENAME;
}

/* Of the other name: what stood there is past asking, and likely to be as at the first. */
static enum before before_other(const struct pending *p, int i)
{
	if (needs_nothing(p, i) || (role_of(p, i) == ROLE_MADE && !p->name[i].now.exists))
		return BEFORE_NOTHING;
	/* A rename carries along all that could be asked. */
	return p->op == OP_RENAME && i == 0 ? BEFORE_SEEN : BEFORE_LATE;
}

static void adopt(struct recorder *r, struct pending *p, int i, struct name *again,
	enum before before)
{
	struct name entry = p->name[i];

	expect_no_more(r, p, i);
	inside_unexpect(&r->touches, p);
	walk_release(&p->inside[i]);
	p->name[i] = *again;
	*again = entry;
	p->before[i] = before;
	set_named(p, i, 0);
}

/*
 * What was made at one name may be another call's: then that one says the same of it, too. A file
 * that comes by a rename or a link is known when it is seen.
 */
static void touch_others(struct recorder *r, const struct pending *p, int i)
{
	size_t k;

	for (k = 0; i == 0 && role_of(p, 0) == ROLE_MADE && k < p->other_count[i]; k++) {
		const struct name *n = &p->others[i][k];

		if (shows(p, i, n))
			touches_path(&r->touches, n->path.data, &n->now, n->now.exists);
	}
}

/* The entry knew a name, and there were others since: at which of them did it happen? */
static void choose(struct recorder *r, struct pending *p, int i)
{
	size_t n;

	if (p->other_count[i] == 0)
		return;
	touch_others(r, p, i);
	if (shows(p, i, &p->name[i]))
		return;
	for (n = 0; n < p->other_count[i] - 1; n++)
		if (shows(p, i, &p->others[i][n]))
			break;
	adopt(r, p, i, &p->others[i][n], before_other(p, i));
}

/* The entry knew no name. */
static void ask_at_last(struct recorder *r, const struct task *task, struct pending *p, int i)
{
	struct name again = NAME_INIT;
	const struct place *at = &p->call.place[i];
	/*
	 * Where its folder was missing, too, nothing was there; or what
	 * was had come meanwhile, and was told of.
	 */
	bool nothing =
		role_of(p, i) == ROLE_MADE && (needs_nothing(p, i) || p->error[i] == -ENOENT);
	int e = 0;

	if (!at->by_fd && !p->text[i].len && (e = place_read(r, task, p, i)) == 0)
		buf_add(&p->text[i], r->text, strlen(r->text));
	if (e == 0)
		e = name_now(r, task, p, i, &again);
	if (e == -ENOENT && !at->by_fd)
		e = resolve_gone(&r->resolver, task->tid, at->dirfd, p->text[i].data, &again);
	if (e == 0)
		adopt(r, p, i, &again, nothing ? BEFORE_NOTHING : BEFORE_LATE);
	else
		set_named(p, i, e);
	name_release(&again);
}

void places_again(struct recorder *r, const struct task *task, struct pending *p)
{
	int i;

	for (i = 0; p->op && i < p->call.places; i++) {
		if (!p->named[i]) {
			ask_at_last(r, task, p, i);
			continue;
		}
		if (may_have_shifted(r, task, p, i))
			look_for_other(r, task, p, i);
		choose(r, p, i);
	}
}

/* With the task its folder is gone, and its memory: a name from our root on is all that is left. */
static void lost_place(struct recorder *r, struct pending *p, int i)
{
	struct name again = NAME_INIT;
	const struct buf *name = &p->name[i].path;

	touch_others(r, p, i);
	if (p->named[i] && role_of(p, i) == ROLE_CHANGED)
		place_changed(r, p, i);
	else if (p->named[i])
		place_touch(r, p, i);
	else if (name->len && role_of(p, i) == ROLE_MADE &&
		resolve_gone(&r->resolver, getpid(), AT_FDCWD, name->data, &again) == 0) {
		adopt(r, p, i, &again, BEFORE_NOTHING);
		place_touch(r, p, i);
	}
	/* It may have put another file there; or, if it slept for long, others have. */
	if (p->named[i]) {
		touches_look(&r->touches, p->name[i].path.data);
		touches_doubt(&r->touches, p->name[i].path.data);
	}
	name_release(&again);
}

void places_lost(struct recorder *r, struct pending *p)
{
	int i;

	for (i = 0; i < p->call.places; i++)
		lost_place(r, p, i);
}

bool place_named(struct recorder *r, const struct pending *p, int i)
{
	/* A pipe, a socket, or a file that has no name (any more) is in no file tree. */
	if (!p->named[i] &&
		!(p->call.place[i].by_fd && (p->error[i] == -EBADF || p->error[i] == -ENOENT)))
		tell_unnamed(r, p, p->error[i]);
	return p->named[i];
}

static bool leads_to(struct recorder *r, const struct task *task, const struct pending *p, int i,
	const char *path)
{
	struct name now = NAME_INIT;
	bool leads = name_now(r, task, p, i, &now) == 0 && !strcmp(now.path.data, path);

	name_release(&now);
	return leads;
}

bool place_in_doubt(struct recorder *r, const char *path)
{
	struct task *task, *next;
	struct pending *p;
	int i;

	if (r->unnamed == 0)
		return false;
	HASH_ITER(hh, r->tracer.tasks, task, next) {
		p = task->in_call && task->data ? thread_of(task)->pending : NULL;
		for (i = 0; p && p->unnamed && i < p->call.places; i++)
			if (!p->named[i] && names_nothing(p, i) && leads_to(r, task, p, i, path))
				return true;
	}
	return false;
}

void place_touch(struct recorder *r, const struct pending *p, int i)
{
	static const struct inode nothing;
	const struct inode *before = p->before[i] == BEFORE_NOTHING ? &nothing : &p->name[i].now;
	const char *path = p->name[i].path.data;
	bool late = p->before[i] == BEFORE_LATE || (before->exists && place_in_doubt(r, path));

	touches_path(&r->touches, path, before, late);
}

uint32_t place_changed(struct recorder *r, const struct pending *p, int i)
{
	uint32_t file = touches_file(&r->touches, &p->name[i].now);

	place_touch(r, p, i);
	touches_place(&r->touches, p->name[i].path.data, file);
	return file;
}
