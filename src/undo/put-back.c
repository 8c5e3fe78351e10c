/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/put-back.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/xattrs.h"
#include "model/names.h"
#include "undo/aside.h"
#include "undo/look.h"
#include "undo/plan-means.h"
#include "undo/remake.h"
#include "undo/shared.h"
#include "undo/unlock.h"

static void set_anchor(struct rollback *rb, struct plan_item *it)
{
	bool added;
	uint32_t *at;

	if (it->e->before.i.nlink < 2 || !it->e->before_file)
		return;
	at = u64map_put(&rb->anchors, shared_group(it->e), &added);
	if (at && added)
		*at = (uint32_t)(it - rb->plan.items) + 1;
}

static struct plan_item *anchor_of(const struct rollback *rb, const struct plan_item *it)
{
	const uint32_t *at = u64map_get(&rb->anchors, shared_group(it->e));

	return at && it->e->before.i.nlink > 1 && it->e->before_file ? &rb->plan.items[*at - 1] :
								       NULL;
}

/* A second name for what stands at path, as temp in dir; with `is`, for that file only. */
static int link_from(const char *path, const struct inode *is, int dir, const char *temp)
{
	struct parents other = PARENTS_INIT;
	struct inode linked;
	const char *name;
	int from_dir, r = parents_open(&other, path, &from_dir, &name);

	if (r == 0 && linkat(from_dir, name, dir, temp, 0) < 0)
		r = -errno;
	/* Whoever owns that folder may have put another one there since it was looked at. */
	if (r == 0 && is &&
		(inode_stat(&linked, dir, temp, AT_SYMLINK_NOFOLLOW) < 0 ||
			linked.ino != is->ino || linked.dev != is->dev)) {
		unlinkat(dir, temp, 0);
		r = -ESTALE;
	}
	parents_forget(&other);
	return r;
}

struct other_name {
	const struct side *want;
	char *path;
	struct inode now;
};

/* As before in all that is on record: a link takes over what a later run has given the file. */
static int is_other_name(const char *path, const struct inode *now, void *data)
{
	struct parents other = PARENTS_INIT;
	struct other_name *o = data;
	const char *name;
	int dir;

	if (parents_open(&other, path, &dir, &name) == 0 &&
		!look_differs(dir, name, now, o->want, DIFFERS_ALL))
		o->path = strdup(path);
	o->now = *now;
	parents_forget(&other);
	return o->path ? 1 : (int)now->nlink;
}

/* A name of the file that the run never touched, and that the record does not have. */
static int link_from_other_name(const struct rollback *rb, const struct plan_item *it, int dir,
	const char *temp)
{
	const struct inode *b = &it->e->before.i;
	struct other_name o = { .want = &it->e->before };
	int r;

	if (b->nlink < 2 || S_ISDIR(b->mode) || it->shared)
		return -ENOENT;
	names_near(it->e->path, b, rb->plan.started_ns, is_other_name, &o);
	r = o.path ? link_from(o.path, &o.now, dir, temp) : -ENOENT;
	free(o.path);
	return r;
}

/*
 * Several runs may have taken a name each of one file, and each that came back since did so as
 * another. The names that have come back so, and are as the item before.
 */
struct came_back {
	struct other_name *each;
	size_t count;
};

static void came_back_release(struct came_back *c)
{
	while (c->count > 0)
		free(c->each[--c->count].path);
	free(c->each);
}

/* Attributes, too: by the record, or else as at `like`, or none where that is NULL. */
static bool has_same_xattrs(const struct side *want, const char *path, const char *like)
{
	_cleanup_buf_ struct buf is = BUF_INIT, other = BUF_INIT;
	const struct buf *wanted = want->has_xattrs ? &want->xattrs : &other;

	if (xattrs_read(path, false, &is) < 0 ||
		(like && !want->has_xattrs && xattrs_read(like, false, &other) < 0))
		return false;
	return is.len == wanted->len && (!is.len || !memcmp(is.data, wanted->data, is.len));
}

static int find_came_back(const struct rollback *rb, const struct plan_item *it, const char *like,
	struct came_back *out)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	struct parents parents = PARENTS_INIT;
	struct inode now;
	int64_t found_by = it->e->found_by ? it->e->found_by : rb->plan.run_id;
	int r = db_rows(&rows, rb->plan.db, Q_CAME_BACK, "ii", found_by, it->e->path_id);

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		struct other_name o = { .want = &it->e->before }, *next;
		const char *path = rows_text(&rows, 0);

		r = 0;
		if (inode_at(&now, &parents, path) == 0 && now.exists &&
			has_same_xattrs(&it->e->before, path, like))
			is_other_name(path, &now, &o);
		next = o.path ? ARRAY_MORE(out->each, out->count) : NULL;
		if (next)
			*next = o;
		else
			free(o.path);
	}
	parents_forget(&parents);
	return r;
}

/* One of them is the file now. */
static int link_from_came_back(const struct rollback *rb, const struct plan_item *it, int dir,
	const char *temp)
{
	struct came_back c = { NULL, 0 };
	int r = -ENOENT;

	if (!it->shared && !S_ISDIR(it->e->before.i.mode) &&
		find_came_back(rb, it, NULL, &c) == 0 && c.count)
		r = link_from(c.each[0].path, &c.each[0].now, dir, temp);
	came_back_release(&c);
	return r;
}

/*
 * Another file with the same in it. A run before this one that had changed attributes only will
 * know it by its content alone, so the undo's record has the digest.
 */
static int copy_there(struct plan_item *it, int dir, const char *name, const char *temp)
{
	struct side *b = &it->e->before;
	unsigned char hash[SHA256_LEN];
	int r = remake_copy(dir, name, &it->now, temp, b, hash);

	if (r == 0 && !b->has_hash) {
		memcpy(b->hash, hash, SHA256_LEN);
		b->has_hash = true;
	}
	return r;
}

/* What was fetched home, whole. */
static int dress_staged(struct rollback *rb, const struct plan_item *it, int dir, const char *temp)
{
	int r = rollback_check(rb, &it->temp, dir, temp);

	if (r == 0)
		r = rollback_writes(rb, &it->temp);
	return r < 0 ? r : remake_meta(dir, temp, &it->temp, &it->e->before);
}

/* The thing of before under its temporary name, beside what stands at name. */
static int make_temp(struct rollback *rb, struct plan_item *it, int dir, const char *name,
	const char *temp)
{
	struct plan_item *anchor = anchor_of(rb, it);

	if (anchor || !it->staged)
		unlinkat(dir, temp, 0);
	if (anchor && link_from(anchor->e->path, NULL, dir, temp) == 0)
		return 0;
	if (it->staged && !anchor)
		return dress_staged(rb, it, dir, temp);
	if (link_from_other_name(rb, it, dir, temp) == 0 ||
		link_from_came_back(rb, it, dir, temp) == 0)
		return 0;
	if (it->content_same && S_ISREG(it->e->before.i.mode))
		return copy_there(it, dir, name, temp);
	return remake_new(dir, temp, &it->e->before, rb->plan.objects);
}

static int replace(struct rollback *rb, struct plan_item *it, int dir, const char *name)
{
	static const struct inode nothing;
	char temp[TEMP_MAX];
	int r;

	temp_name(temp, &rb->plan.temps, it->e->path_id);
	r = make_temp(rb, it, dir, name, temp);
	if (r == 0)
		r = rollback_check(rb, it->emptied ? &nothing : &it->now, dir, name);
	if (r == 0 && renameat(dir, temp, dir, name) < 0)
		r = -errno;
	/* Between two names of one file rename(2) does nothing; and a failure leaves no litter. */
	if (r == 0 || !it->staged)
		unlinkat(dir, temp, 0);
	return r;
}

static int in_place(struct rollback *rb, struct plan_item *it, int dir, const char *name)
{
	int r = rollback_check(rb, &it->now, dir, name);

	if (r == 0)
		r = rollback_writes(rb, &it->now);
	if (r < 0)
		return r;
	if (it->content_same)
		return remake_meta(dir, name, &it->now, &it->e->before);
	return remake_in_place(dir, name, &it->now, &it->e->before, rb->plan.objects);
}

/* Unless it is the last of what should have been fetched home, and could not be. */
static int replace_left(struct rollback *rb, struct plan_item *it, int dir, const char *name)
{
	const char *home = rb->plan.force ? NULL : plan_last_copy_of(&rb->plan, it);
	int r;

	if (home) {
		plan_refuse(it, "it was there before the run, as %s", home);
		return -ESTALE;
	}
	r = aside_put(rb, it, dir, name);
	return r < 0 ? r : replace(rb, it, dir, name);
}

/*
 * By another name it may have come back meanwhile: of a folder that is mounted twice each file has
 * one in each place.
 */
static bool is_back(const struct plan_item *it, int dir, const char *name)
{
	const struct side *b = &it->e->before;
	struct inode now;

	return (!S_ISREG(b->i.mode) || !b->i.size || b->has_hash) && !it->e->late &&
		inode_stat(&now, dir, name, AT_SYMLINK_NOFOLLOW) == 0 &&
		!look_differs(dir, name, &now, b, DIFFERS_ALL);
}

static void put_back(struct rollback *rb, struct plan_item *it)
{
	bool here = rollback_goes_in_place(it) && !it->shared;
	const struct plan_item *anchor = anchor_of(rb, it);
	const char *name;
	int dir, r = rollback_open(rb, it, &dir, &name);

	teller_progress(&rb->teller);
	/* Written in its place already, under another name. */
	if (r == 0 && !(here && anchor && plan_same_inode(anchor) && !anchor->shared)) {
		r = here ? in_place(rb, it, dir, name) : replace_left(rb, it, dir, name);
		/* it runs: it cannot be written, but it can be replaced */
		if (here && r == -ETXTBSY)
			r = replace(rb, it, dir, name);
		/* not even to be read, by its owner: no copy can be made */
		if (it->shared && r == -EACCES)
			r = in_place(rb, it, dir, name);
	}
	if (r == -ESTALE && !it->reason && is_back(it, dir, name))
		r = 0;
	if (r == -ESTALE) {
		rollback_kept(rb, it, it->reason ? it->reason : rollback_reason(r));
	} else if (r < 0) {
		rollback_tell(rb, it, BA_FAIL, rollback_reason(r));
	} else {
		set_anchor(rb, it);
		rollback_restored(rb, it);
	}
}

/* Files first that kept their inode: to them the other names of a group are linked. */
static void put_all(struct rollback *rb)
{
	size_t i;
	int pass;

	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < rb->plan.all.count; i++) {
			struct plan_item *it = &rb->plan.items[i];

			if (plan_same_inode(it) != (pass == 0) || it->finished)
				continue;
			if (it->state == STATE_BEFORE)
				set_anchor(rb, it);
			else if (rollback_wants_file(it))
				put_back(rb, it);
		}
	}
}

/* Is it another file than its anchor, on one file system with it? */
static bool is_apart(struct rollback *rb, struct plan_item *it, const struct plan_item *anchor)
{
	struct parents other = PARENTS_INIT;
	struct inode its;

	inode_at(&its, &other, anchor->e->path);
	parents_forget(&other);
	return its.exists && it->now.dev == its.dev && it->now.ino != its.ino;
}

/* It is as before, but that it is one file with another name still, which was that of before. */
static int join_other_name(struct rollback *rb, struct plan_item *it, int dir, const char *name)
{
	char temp[TEMP_MAX];
	int r;

	temp_name(temp, &rb->plan.temps, it->e->path_id);
	r = link_from_other_name(rb, it, dir, temp);
	if (r < 0)
		return 0;
	/* To find that name took its time: what was written to since stays a file of its own. */
	r = rollback_check(rb, &it->now, dir, name);
	if (r == 0 && renameat(dir, temp, dir, name) < 0)
		r = -errno;
	unlinkat(dir, temp, 0);
	return r == -ESTALE ? 0 : r;
}

/* By temp, a name of the file at `path`: of what is the same, and was not written to since. */
static void take_place(const struct inode *file, const char *path, const struct other_name *o,
	int dir, const char *temp, const char *name)
{
	/* To read both takes its time. */
	if ((!S_ISREG(file->mode) || look_same_content(path, o->path)) &&
		look_stands_still(&o->now, dir, name))
		/* else it stays a file of its own */
		IGNORE(renameat(dir, temp, dir, name));
}

/*
 * What has come back since becomes a name of the item's file. Where that cannot be, it stays as it
 * is: whole, and a file of its own.
 */
static int join_came_back(struct rollback *rb, const struct plan_item *it,
	const struct inode *file, const struct other_name *o)
{
	struct parents parents = PARENTS_INIT;
	char temp[TEMP_MAX];
	const char *name;
	int dir, r = 0;

	temp_name(temp, &rb->plan.temps, it->e->path_id);
	if (parents_open(&parents, o->path, &dir, &name) == 0) {
		r = unlock_folder(&rb->journal, dir, o->path);
		if (r == 0)
			r = durable_add(&rb->touched, dir);
		unlinkat(dir, temp, 0); /* of one that was killed here */
		if (r == 0 && link_from(it->e->path, file, dir, temp) == 0)
			take_place(file, it->e->path, o, dir, temp, name);
		unlinkat(dir, temp, 0);
	}
	parents_forget(&parents);
	return r;
}

/* Has a file of these names only, or does somebody else count on its being what it is? */
static bool is_whole(const struct came_back *c, const struct inode *file)
{
	size_t i, n = 0;

	for (i = 0; i < c->count; i++)
		n += c->each[i].now.ino == file->ino && c->each[i].now.dev == file->dev;
	return n == file->nlink;
}

/* The very file that stood there, where it is that; or NULL. What was fetched home is, too. */
static const struct inode *very_file(const struct plan_item *it)
{
	return plan_same_inode(it) ? &it->now : it->staged ? &it->temp : NULL;
}

/* The file itself has its old content again: what came back as a copy of it is it. */
static int join_all_came_back(struct rollback *rb, const struct plan_item *it,
	const struct inode *file)
{
	struct came_back c = { NULL, 0 };
	int r = find_came_back(rb, it, it->e->path, &c);
	size_t i;

	for (i = 0; r == 0 && i < c.count; i++) {
		const struct other_name *o = &c.each[i];

		if (o->now.ino != file->ino && o->now.dev == file->dev &&
			is_whole(&c, &o->now) &&
			!entries_find(&rb->plan.all, o->path, strlen(o->path)))
			r = join_came_back(rb, it, file, o);
	}
	came_back_release(&c);
	return r;
}

/*
 * A group that an interrupted rollback left apart, or one that had come back before the rest of
 * it could: each is as before, but they are not one file.
 */
static int join_item(struct rollback *rb, struct plan_item *it)
{
	const struct plan_item *anchor = anchor_of(rb, it);
	bool done = it->finished ? !it->failed && !it->stays && !it->shared :
				   rb->plan.resumed && it->state == STATE_BEFORE;
	const struct inode *file = very_file(it);
	const char *name;
	int dir;

	if (S_ISDIR(it->e->before.i.mode))
		return 0;
	if (done && file)
		return join_all_came_back(rb, it, file);
	if (it->finished || it->state != STATE_BEFORE || it->e->before.i.nlink < 2 ||
		rollback_open(rb, it, &dir, &name) < 0 || !it->now.exists ||
		rollback_check(rb, &it->now, dir, name) < 0 ||
		inode_stat(&it->now, dir, name, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (anchor && anchor != it)
		return is_apart(rb, it, anchor) ? replace(rb, it, dir, name) : 0;
	return plan_same_inode(it) || it->now.nlink >= it->e->before.i.nlink ?
		0 :
		join_other_name(rb, it, dir, name);
}

static void join_groups(struct rollback *rb)
{
	size_t i;

	for (i = 0; i < rb->plan.all.count; i++) {
		int r = join_item(rb, &rb->plan.items[i]);

		if (r < 0)
			rollback_tell(rb, &rb->plan.items[i], BA_FAIL, rollback_reason(r));
	}
}

void put_back_all(struct rollback *rb)
{
	int r = shared_find(rb);

	rb->error = rb->error ? rb->error : r;
	if (r == 0)
		put_all(rb);
	join_groups(rb);
}
