/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/turns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/proc.h"

/* A call that sleeps for longer waits for something, perhaps for one that waits here. */
#define PATIENCE_NS (10 * 1000000LL)
/* And one that does not sleep, but on a busy machine may not get to run. */
#define LIMIT_NS (1000 * 1000000LL)

struct waiting {
	struct stop stop;
	int64_t since;
	struct waiting *next;
};

void turns_release(struct turns *t)
{
	while (t->first)
		turns_served(t);
}

bool turns_are_taken(const struct turns *t)
{
	return t->first || t->alone;
}

static bool is_way(const struct pending *p, int i)
{
	const struct inode *now = &p->name[i].now;

	return p->named[i] && now->exists && (S_ISDIR(now->mode) || S_ISLNK(now->mode));
}

static bool meets_all(const struct pending *p)
{
	switch (p->op) {
	case OP_NONE: /* of mounts and roots */
		return true;
	case OP_OPEN:
		return p->by_link; /* its name is the symlink's, not the file's */
	case OP_UNLINK:
	case OP_RMDIR:
		return is_way(p, 0);
	case OP_RENAME:
		return is_way(p, 0) || is_way(p, 1);
	default:
		return false;
	}
}

/* May a name lead somewhere after it that led nowhere? */
static bool makes_way(const struct pending *p)
{
	return p->op == OP_MKDIR || p->op == OP_SYMLINK || (p->op == OP_LINK && is_way(p, 0));
}

static bool leads_nowhere(const struct pending *p)
{
	int i;

	for (i = 0; i < p->call.places; i++)
		if (p->error[i] == -ENOENT && !p->call.place[i].by_fd)
			return true;
	return false;
}

static const struct buf *path_of(const struct pending *p, int i)
{
	if (p->named[i])
		return &p->name[i].path;
	return i == 0 && p->asked.len ? &p->asked : NULL;
}

static bool same(const struct inode *x, const struct buf *p, const struct inode *y,
	const struct buf *q)
{
	if (x->exists && y->exists && x->ino == y->ino && x->dev == y->dev)
		return true;
	return p && q && p->len == q->len && !memcmp(p->data, q->data, p->len);
}

static bool same_place(const struct pending *a, int i, const struct pending *b, int j)
{
	return same(&a->name[i].now, path_of(a, i), &b->name[j].now, path_of(b, j));
}

static bool meet(const struct pending *a, const struct pending *b)
{
	if (a->meets_all || b->meets_all)
		return true;
	if ((makes_way(a) && leads_nowhere(b)) || (makes_way(b) && leads_nowhere(a)))
		return true;
	return same_place(a, 0, b, 0) || same_place(a, 0, b, 1) || same_place(a, 1, b, 0) ||
		same_place(a, 1, b, 1);
}

bool turns_meet(const struct turns *t, struct pending *p)
{
	const struct pending *other;

	p->meets_all = meets_all(p);
	for (other = t->under_way; other; other = other->next)
		if (meet(p, other))
			return true;
	return false;
}

bool turns_concern(const struct turns *t, const struct name *n)
{
	const struct pending *p;

	for (p = t->under_way; p; p = p->next)
		if (p->meets_all || same(&p->name[0].now, path_of(p, 0), &n->now, &n->path) ||
			same(&p->name[1].now, path_of(p, 1), &n->now, &n->path))
			return true;
	return false;
}

void turns_go(struct turns *t, struct pending *p, pid_t tid)
{
	p->goes = true;
	p->tid = tid;
	p->since = io_monotonic_ns();
	p->prev = NULL;
	p->next = t->under_way;
	if (p->next)
		p->next->prev = p;
	t->under_way = p;
	t->alone |= p->meets_all;
}

void turns_done(struct turns *t, struct pending *p)
{
	if (!p->goes)
		return;
	p->goes = false;
	if (p->next)
		p->next->prev = p->prev;
	*(p->prev ? &p->prev->next : &t->under_way) = p->next;
	for (t->alone = false, p = t->under_way; p; p = p->next)
		t->alone |= p->meets_all;
	t->changed = true;
}

int turns_wait(struct turns *t, const struct stop *stop)
{
	struct waiting *w = malloc(sizeof *w), **last = &t->first;

	if (!w)
		return -ENOMEM;
	*w = (struct waiting){ *stop, io_monotonic_ns(), NULL };
	while (*last)
		last = &(*last)->next;
	*last = w;
	t->waiting++;
	return 0;
}

static bool is_stuck(const struct pending *p, int64_t now)
{
	int64_t age = now - p->since;

	return age > LIMIT_NS || (age > PATIENCE_NS && proc_state(p->tid) == 'S');
}

/* What will not come back so soon does not hold up anybody any more. */
static void give_up(struct turns *t, int64_t now)
{
	struct pending *p, *next;

	for (p = t->under_way; p; p = next) {
		next = p->next;
		if (is_stuck(p, now))
			turns_done(t, p);
	}
}

const struct stop *turns_next(struct turns *t, bool *must_go)
{
	int64_t now;

	*must_go = false;
	if (!t->first)
		return NULL;
	if (!t->changed || t->alone) {
		now = io_monotonic_ns();
		*must_go = now - t->first->since > 2 * LIMIT_NS;
		if (now - t->first->since > PATIENCE_NS)
			give_up(t, now);
	}
	return *must_go || (t->changed && !t->alone) ? &t->first->stop : NULL;
}

static void take_off(struct turns *t, struct waiting **at)
{
	struct waiting *w = *at;

	*at = w->next;
	t->waiting--;
	t->changed = true;
	free(w);
}

void turns_served(struct turns *t)
{
	take_off(t, &t->first);
}

void turns_refused(struct turns *t)
{
	t->changed = false;
}

void turns_drop(struct turns *t, const struct task *task)
{
	struct waiting **at = &t->first;

	while (*at) {
		if ((*at)->stop.task == task)
			take_off(t, at);
		else
			at = &(*at)->next;
	}
}
