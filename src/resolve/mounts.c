/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/canonical.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/mountinfo.h"
#include "base/proc.h"
#include "model/births.h"

/* How far up its parents a chrooted task's mount is looked for. */
#define PARENTS_MAX 32

struct mount_row {
	uint64_t id;
	char *dev, *root, *point; /* root and point: "" for "/" */
	bool ours; /* of our own namespace */
};

static void table_release(struct mount_table *t)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		free(t->rows[i].dev);
		free(t->rows[i].root);
		free(t->rows[i].point);
	}
	free(t->rows);
	*t = (struct mount_table){ 0 };
}

void mounts_release(struct mounts *m)
{
	table_release(&m->start);
	table_release(&m->now);
	table_release(&m->former);
	table_release(&m->told);
	m->active = false;
}

static const struct mount_row *row_of(const struct mount_table *t, uint64_t id)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		if (t->rows[i].id == id)
			return &t->rows[i];
	return NULL;
}

/* `above` is the reader's own root. */
static int add_row(struct mount_table *t, const struct mount_line *line, const char *above,
	bool ours)
{
	struct mount_row *r = ARRAY_MORE(t->rows, t->count);

	if (!r)
		return -ENOMEM;
	*r = (struct mount_row){ .id = line->id, .ours = ours };
	r->dev = strdup(line->dev);
	r->root = strdup(line->root);
	if (asprintf(&r->point, "%s%s", above, line->point) < 0)
		r->point = NULL;
	return r->dev && r->root && r->point ? 0 : -ENOMEM;
}

static void table_read(struct mount_table *t, pid_t tid, const char *above, bool ours)
{
	_cleanup_(mountinfo_release) struct mountinfo m = MOUNTINFO_INIT;
	struct mount_line line;
	int r = mountinfo_read(&m, tid);

	while (r == 0 && mountinfo_next(&m, &line))
		r = add_row(t, &line, above, ours);
}

/* Numbers come round again: the latest mount with a number is the one to remember. */
static void remember(struct mount_table *former, struct mount_row *r)
{
	struct mount_row *same = (struct mount_row *)row_of(former, r->id);
	struct mount_row old;

	if (!same && (same = ARRAY_MORE(former->rows, former->count)))
		*same = (struct mount_row){ 0 };
	if (!same)
		return;
	old = *same;
	*same = *r;
	*r = old;
}

void mounts_changed(struct mounts *m)
{
	size_t i;

	for (i = 0; i < m->now.count; i++)
		remember(&m->former, &m->now.rows[i]);
	table_release(&m->now);
	births_forget();
}

static void read_ours(struct mounts *m)
{
	if (m->now.count == 0)
		table_read(&m->now, 0, "", true);
}

/* Mounts as a task sees them, whose names we see from above its root. */
static void read_theirs(struct mounts *m, pid_t tid)
{
	char file[PROC_PATH], root[PATH_MAX];

	proc_path(file, tid, "root");
	if (io_readlink(file, root) < 0)
		return;
	table_read(&m->now, tid, strcmp(root, "/") ? root : "", false);
}

void mounts_begin(struct mounts *m, pid_t tid)
{
	if (!m->active)
		table_read(&m->start, 0, "", true);
	m->active = true;
	/* What is unmounted now may stay somebody's working folder. */
	read_ours(m);
	read_theirs(m, tid);
	mounts_changed(m);
}

/* A chrooted task's own list leaves out what stands above its root; some ancestor's has it. */
static const struct mount_row *find_mount(struct mounts *m, pid_t tid, uint64_t id)
{
	const struct mount_row *r;
	int i;

	read_ours(m);
	r = row_of(&m->now, id);
	for (i = 0; !r && tid > 1 && i < PARENTS_MAX; i++) {
		read_theirs(m, tid);
		r = row_of(&m->now, id);
		tid = proc_parent(tid);
	}
	return r;
}

/*
 * The mount that path is on: of those whose point is above it the deepest, and of these the last.
 */
static const struct mount_row *mount_of(const struct mount_table *t, const char *path)
{
	const struct mount_row *best = NULL;
	size_t i;

	for (i = 0; i < t->count; i++) {
		const struct mount_row *r = &t->rows[i];

		if (r->ours && path_rest(path, r->point) &&
			(!best || strlen(r->point) >= strlen(best->point)))
			best = r;
	}
	return best;
}

/*
 * The name through this mount of what its file system calls
 * `inner`; false when it does not show it.
 */
static bool name_through(const struct mounts *m, const struct mount_row *r, const char *dev,
	const char *inner, struct buf *out)
{
	const char *rest = strcmp(r->dev, dev) ? NULL : path_rest(inner, r->root);

	if (!rest)
		return false;
	buf_reset(out);
	buf_adds(out, r->point);
	buf_adds(out, rest);
	if (out->len == 0)
		buf_addc(out, '/');
	return !out->failed && mount_of(&m->start, out->data) == r;
}

/*
 * True when `out` is what `inner` was called at the start; the
 * same name as now, if it is one of them.
 */
static bool name_at_start(const struct mounts *m, const char *dev, const char *inner,
	const char *now, struct buf *out)
{
	const struct mount_row *same = mount_of(&m->start, now);
	size_t i;

	if (same && name_through(m, same, dev, inner, out) && strcmp(out->data, now) == 0)
		return true;
	for (i = 0; i < m->start.count; i++)
		if (name_through(m, &m->start.rows[i], dev, inner, out))
			return true;
	return false;
}

/*
 * A mount that no list shows: detached (umount -l, open_tree), and then the
 * kernel tells names from the mount's own root on; or out of a chrooted task's
 * sight, and then they are likely to be right.
 */
static int translate_unlisted(struct mounts *m, const struct inode *at, struct buf *path)
{
	const struct mount_row *r = row_of(&m->former, at->mount);
	_cleanup_buf_ struct buf inner = BUF_INIT, name = BUF_INIT;

	if (at->nlink == 0 || inode_stands_at(at, path->data, AT_SYMLINK_NOFOLLOW))
		return 0;
	if (!r)
		return -ENODEV;
	buf_adds(&inner, r->root);
	buf_adds(&inner, strcmp(path->data, "/") ? path->data : "");
	if (inner.failed ||
		!name_at_start(m, r->dev, inner.data ? inner.data : "", path->data, &name) ||
		!inode_stands_at(at, name.data, AT_SYMLINK_NOFOLLOW))
		return -ENODEV;
	buf_reset(path);
	buf_add(path, name.data, name.len);
	return path->failed ? -ENOMEM : 0;
}

int mounts_translate(struct mounts *m, pid_t tid, const struct inode *at, struct buf *path)
{
	_cleanup_buf_ struct buf inner = BUF_INIT, name = BUF_INIT;
	const struct mount_row *r;
	const char *rest;

	if (!m->active || at->mount == 0)
		return 0;
	r = find_mount(m, tid, at->mount);
	if (!r)
		return translate_unlisted(m, at, path);
	rest = path_rest(path->data, r->point);
	if (!rest)
		return 0;
	buf_adds(&inner, r->root);
	buf_adds(&inner, strcmp(rest, "/") ? rest : "");
	if (inner.failed)
		return -ENOMEM;
	if (!name_at_start(m, r->dev, inner.data ? inner.data : "", path->data, &name))
		return r->ours ? 0 : -ENODEV;
	buf_reset(path);
	buf_add(path, name.data, name.len);
	return path->failed ? -ENOMEM : 0;
}

/* Is what is mounted at path another than it was then? */
static bool has_changed(struct mounts *m, const struct mount_table *since, const char *path)
{
	const struct mount_row *now, *then;

	if (!m->active)
		return false;
	read_ours(m);
	now = mount_of(&m->now, path);
	then = mount_of(since, path);
	return now && then && (strcmp(now->dev, then->dev) || strcmp(now->root, then->root) ||
				      strcmp(now->point, then->point));
}

bool mounts_cover(struct mounts *m, const char *path)
{
	return has_changed(m, &m->start, path);
}

const char *mounts_point(struct mounts *m, const char *path)
{
	const struct mount_row *now;

	read_ours(m);
	now = mount_of(&m->now, path);
	return now ? now->point : "";
}

const char *mounts_next_changed(struct mounts *m, size_t *at)
{
	const struct mount_table *then = m->told.count ? &m->told : &m->start;

	if (!m->active)
		return NULL;
	read_ours(m);
	while (*at < then->count + m->now.count) {
		size_t i = (*at)++;
		const struct mount_row *r = i < then->count ? &then->rows[i] :
							      &m->now.rows[i - then->count];

		if (r->ours && *r->point && has_changed(m, then, r->point))
			return r->point;
	}
	table_release(&m->told);
	table_read(&m->told, 0, "", true);
	return NULL;
}
