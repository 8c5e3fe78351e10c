/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "try/commit-apply.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/durable.h"
#include "base/io.h"
#include "undo/look.h"
#include "undo/remake.h"
#include "undo/remove.h"

struct applying {
	struct commit_plan *p;
	struct commit_ahead *ahead;
	const struct ba_commit *how;
	struct durable_set touched; /* the file systems */
	struct parents other;       /* where the other name of a file is */
	uint64_t done;
};

/* Where it is made. */
static const char *work_of(const struct commit_item *it)
{
	return it->work ? it->work : it->e->path;
}

static int open_place(struct applying *a, const char *path, int *dir, const char **name)
{
	int r = parents_open(&a->p->real, path, dir, name);

	return r < 0 ? r : durable_add(&a->touched, *dir);
}

/* In *from: what can be read of a regular file that is not empty; else -1. */
static int open_content(struct applying *a, const struct commit_item *it, int *from)
{
	const char *name;
	int dir, r;

	*from = -1;
	if (!S_ISREG(it->want.i.mode) || !it->want.i.size)
		return 0;
	r = parents_open(&a->p->scene, it->e->path, &dir, &name);
	if (r == 0)
		r = io_open_content(dir, name);
	if (r >= 0)
		*from = r;
	return r < 0 ? r : 0;
}

/* Make. */

static int make_new(struct applying *a, const struct commit_item *it, int dir, const char *name)
{
	_cleanup_close_ int from = -1;
	int r = open_content(a, it, &from);

	return r < 0 ? r : remake_from(dir, name, &it->want, from);
}

/* One name more of what stands at path. */
static int make_link(struct applying *a, const char *path, int dir, const char *name)
{
	const char *other;
	int from, r = parents_open(&a->other, path, &from, &other);

	return r < 0 ? r : linkat(from, other, dir, name, 0) < 0 ? -errno : 0;
}

/* Where a file system has no hard links, or no more of them, it is a file of its own. */
static int make_file(struct applying *a, const struct commit_item *it, int dir, const char *name)
{
	int r;

	if (!it->from)
		return make_new(a, it, dir, name);
	r = make_link(a, it->act == COMMIT_LINK ? it->from->e->path : work_of(it->from), dir, name);
	return r == -EPERM || r == -EMLINK || r == -EXDEV || r == -ENOTSUP ?
		make_new(a, it, dir, name) :
		r;
}

static bool is_other_name(const struct commit_item *it)
{
	return it->act == COMMIT_MAKE && it->from;
}

static bool is_made(const struct commit_item *it)
{
	return it->act == COMMIT_MAKE || it->act == COMMIT_LINK || it->act == COMMIT_NEW_FOLDER;
}

static int make_one(struct applying *a, const struct commit_item *it)
{
	const char *name;
	int dir, r;

	r = open_place(a, work_of(it), &dir, &name);
	if (r == 0 && it->act != COMMIT_NEW_FOLDER)
		r = make_file(a, it, dir, name);
	else if (r == 0)
		r = mkdirat(dir, name, 0700) < 0 ? -errno : 0;
	return r;
}

static int make(struct applying *a, struct commit_item *it)
{
	it->begun |= is_made(it) && !it->work;
	return is_made(it) && !is_other_name(it) ? make_one(a, it) : 0;
}

static int make_name(struct applying *a, struct commit_item *it)
{
	return is_other_name(it) ? make_one(a, it) : 0;
}

/* Place. */

/* Its temporary name is beside its own: it came not with its folder. */
static bool is_beside(const struct commit_plan *p, const struct commit_item *it)
{
	const struct commit_item *above = commit_plan_folder(p, it);

	return it->work && !(above && above->act == COMMIT_NEW_FOLDER);
}

static int put_at(struct commit_item *it, int dir, const char *name)
{
	const char *temp = strrchr(it->work, '/') + 1;

	if (!S_ISDIR(it->now.mode) && !look_stands_still(&it->now, dir, name))
		return -ESTALE;
	it->begun = true;
	/* A folder takes the place of nothing but a folder. */
	if (it->act == COMMIT_NEW_FOLDER && unlinkat(dir, name, 0) < 0)
		return -errno;
	if (renameat(dir, temp, dir, name) < 0)
		return -errno;
	/* Between two names of one file rename(2) does nothing. */
	if (it->act == COMMIT_LINK)
		unlinkat(dir, temp, 0);
	return 0;
}

static int put(struct applying *a, struct commit_item *it)
{
	const char *name;
	int held = -1, dir, r = open_place(a, it->e->path, &dir, &name);

	if (r == 0)
		r = commit_ahead_hold(a->ahead, it, dir, name, &held);
	if (r == 0)
		r = put_at(it, dir, name);
	return commit_ahead_settle(a->ahead, it, r, &held);
}

static bool is_placed(const struct applying *a, const struct commit_item *it)
{
	return it->act != COMMIT_IN_PLACE && is_beside(a->p, it);
}

static bool folder_in_way(const struct commit_item *it)
{
	return it->now.exists && S_ISDIR(it->now.mode);
}

static int place(struct applying *a, struct commit_item *it)
{
	return is_placed(a, it) && !folder_in_way(it) ? put(a, it) : 0;
}

static int place_late(struct applying *a, struct commit_item *it)
{
	return is_placed(a, it) && folder_in_way(it) ? put(a, it) : 0;
}

/* Remove. */

static int take_out(struct applying *a, struct commit_item *it)
{
	const char *name;
	int held = -1, dir, r;

	if (it->act != COMMIT_REMOVE && !(is_placed(a, it) && folder_in_way(it)))
		return 0;
	r = open_place(a, it->e->path, &dir, &name);
	if (r == 0)
		r = commit_ahead_hold(a->ahead, it, dir, name, &held);
	if (r == 0)
		r = remove_entry(&a->p->real, it->e->path, &it->now);
	it->begun |= r != -ESTALE;
	parents_forget(&a->other);
	return commit_ahead_settle(a->ahead, it, r, &held);
}

/* Change. */

/* It runs: it cannot be written, but it can be replaced. */
static int replace(struct applying *a, struct commit_item *it, int dir)
{
	const char *temp = strrchr(it->work, '/') + 1;
	int r = it->now.nlink == 1 ? make_new(a, it, dir, temp) : -ETXTBSY;

	return r < 0 ? r : put(a, it);
}

static int change(struct applying *a, struct commit_item *it)
{
	_cleanup_close_ int from = -1;
	struct inode now;
	const char *name;
	int dir, r;

	if (!it->leads)
		return 0;
	r = open_place(a, it->e->path, &dir, &name);
	if (r == 0)
		r = inode_stat(&now, dir, name, AT_SYMLINK_NOFOLLOW);
	if (r == 0 && it->act == COMMIT_IN_PLACE && !look_stands_still(&it->now, dir, name))
		r = -ESTALE;
	if (r < 0)
		return r;
	it->begun = true;
	if (!it->writes)
		return remake_meta(dir, name, &now, &it->want);
	r = open_content(a, it, &from);
	if (r == 0)
		r = remake_in_place_from(dir, name, &now, &it->want, from);
	it->written = r != -ESTALE && r != -ETXTBSY;
	return r == -ETXTBSY && it->act == COMMIT_IN_PLACE ? replace(a, it, dir) : r;
}

/* Dress. */

static int dress(struct applying *a, struct commit_item *it)
{
	struct inode now;
	const char *name;
	int dir, r;

	if (it->act != COMMIT_FOLDER && it->act != COMMIT_NEW_FOLDER)
		return 0;
	it->want.i.mtime_ns = commit_plan_time(a->p, &it->now, it->want.i.mtime_ns);
	r = open_place(a, it->e->path, &dir, &name);
	if (r == 0)
		r = inode_stat(&now, dir, name, AT_SYMLINK_NOFOLLOW);
	return r < 0 ? r : remake_meta(dir, name, &now, &it->want);
}

static int set_folder_time(struct applying *a, const struct commit_folder *f)
{
	const char *name;
	int dir, r;

	if (!f->now.exists)
		return 0;
	r = open_place(a, f->path, &dir, &name);
	return r < 0 ? r : remake_time(dir, name, &f->now, f->mtime_ns);
}

/* All of it. */

static int failed(const struct commit_item *it, const char *what, int r, struct words *words)
{
	return words_set(words, r, "%s could not be %s: %s", it->e->path, what,
		r == -ETXTBSY ? "it runs, and has several names: stop it" : remove_reason(r));
}

struct pass {
	int (*item)(struct applying *a, struct commit_item *it);
	const char *what;
	bool from_below; /* what is in a folder before it */
	bool to_disk;    /* and that is waited for */
	bool in_place;   /* what is written where it stands is told of before */
};

static const struct pass passes[] = {
	{ make, "made", false, false, false },
	{ make_name, "made", false, true, false },
	{ place, "put in its place", false, false, false },
	{ take_out, "removed", true, false, false },
	{ place_late, "put in its place", false, false, false },
	{ change, "changed", false, false, true },
	{ dress, "given its attributes", true, false, false },
};

static void tell_progress(struct applying *a)
{
	if (a->how->progress)
		a->how->progress(a->done, ARRAY_SIZE(passes) * a->p->all.count, a->how->data);
	a->done++;
}

static int run_pass(struct applying *a, const struct pass *pass, struct words *words)
{
	size_t i, n = a->p->all.count;
	int r = pass->in_place ? commit_ahead_writes(a->ahead, a->p) : 0;

	for (i = 0; r == 0 && i < n; i++) {
		struct commit_item *it = &a->p->items[pass->from_below ? n - 1 - i : i];

		tell_progress(a);
		commit_ahead_beat(a->ahead, it);
		r = pass->item(a, it);
		if (r < 0)
			failed(it, pass->what, r, words);
	}
	parents_forget(&a->p->real);
	parents_forget(&a->other);
	return r < 0 || !pass->to_disk ? r : durable_sync_all(&a->touched);
}

static int set_folder_times(struct applying *a, struct words *words)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < a->p->folder_count; i++) {
		r = set_folder_time(a, &a->p->folders[i]);
		if (r < 0)
			words_set(words, r, "%s could not be given its time: %s",
				a->p->folders[i].path, remove_reason(r));
	}
	return r;
}

int commit_apply(struct commit_plan *p, struct commit_ahead *ahead, const struct ba_commit *how,
	struct words *words)
{
	struct applying a = { .p = p, .ahead = ahead, .how = how, .other = PARENTS_INIT };
	size_t i;
	int r = 0;

	words->text[0] = '\0';
	for (i = 0; r == 0 && i < ARRAY_SIZE(passes); i++)
		r = run_pass(&a, &passes[i], words);
	if (r == 0)
		r = set_folder_times(&a, words);
	if (r == 0)
		r = durable_sync_all(&a.touched);
	if (r < 0 && !words->text[0])
		words_set(words, r, "not all came to the disk: %s", strerror(-r));
	parents_forget(&a.other);
	durable_release(&a.touched);
	return r;
}
