/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/aside.h"

#include <errno.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "undo/unlock.h"

/* More than so many files of one name are put aside by no undo. */
enum { MOST_NAMES = 1000 };

/* The nth name beside a path, as an undo of this run gives it: the same whenever it is tried. */
static char *name_aside(const struct rollback *rb, const char *path, int nth)
{
	char *name;

	return asprintf(&name, nth > 1 ? "%s.buildaudit-%lld.%d" : "%s.buildaudit-%lld", path,
		       (long long)rb->plan.run_id, nth) < 0 ?
		NULL :
		name;
}

static void tell(struct rollback *rb, const struct plan_item *it, const char *path)
{
	teller_step(&rb->teller, path, type_name(it->e->after.i.mode), BA_RESTORE, "");
}

void aside_tell(struct rollback *rb, const struct plan_item *it)
{
	_cleanup_free_ char *path = it->aside ? name_aside(rb, it->aside, 1) : NULL;

	if (path)
		tell(rb, it, path);
}

/* A file system without hard links moves it instead, but over nothing. */
static int move(struct plan_item *it, int dir, const char *name, int to, const char *new)
{
	if (!rollback_is_at(&it->now, dir, name))
		return -ESTALE;
	if (syscall(SYS_renameat2, dir, name, to, new, RENAME_NOREPLACE) < 0)
		return -errno;
	it->emptied = true;
	return 0;
}

/* 1: it has that name now; 0: it had it already, as of an undo that was interrupted. */
static int give(struct plan_item *it, int dir, const char *name, int to, const char *new)
{
	int r = linkat(dir, name, to, new, 0) < 0 ? -errno : 0;

	if (r == -EEXIST)
		return rollback_is_at(&it->now, to, new) ? 0 : r;
	if (r == -EPERM || r == -ENOTSUP || r == -EMLINK)
		r = move(it, dir, name, to, new);
	if (r == 0 && !it->emptied && !rollback_is_at(&it->now, to, new)) {
		unlinkat(to, new, 0); /* a link to what was swapped under our hands */
		r = -ESTALE;
	}
	return r < 0 ? r : 1;
}

static int give_at(struct rollback *rb, struct plan_item *it, int dir, const char *name,
	const char *path)
{
	struct parents parents = PARENTS_INIT;
	const char *new;
	int to, r = parents_open(&parents, path, &to, &new);

	if (r == 0)
		r = unlock_folder(&rb->journal, to, path);
	if (r == 0)
		r = durable_add(&rb->touched, to);
	if (r == 0)
		r = give(it, dir, name, to, new);
	if (r > 0)
		tell(rb, it, path);
	parents_forget(&parents);
	return r < 0 ? r : 0;
}

/* In the folder that it stood in, the first name that is free. */
static int give_first(struct rollback *rb, struct plan_item *it, int dir, const char *name)
{
	int nth, r = -EEXIST;

	for (nth = 1; r == -EEXIST && nth <= MOST_NAMES; nth++) {
		_cleanup_free_ char *path = name_aside(rb, it->aside, nth);

		r = path ? give_at(rb, it, dir, name, path) : -ENOMEM;
	}
	return r;
}

int aside_put(struct rollback *rb, struct plan_item *it, int dir, const char *name)
{
	int r = it->aside && !it->emptied ? give_first(rb, it, dir, name) : 0;

	if (r == 0 || rb->plan.force)
		return 0;
	plan_refuse(it, "it was there before the run, as %s", it->aside);
	return -ESTALE;
}
