/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/mounted.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/canonical.h"
#include "base/fs-id.h"
#include "base/ids.h"
#include "base/mounts-seen.h"
#include "model/scope.h"
#include "store/liveness.h"
#include "store/where.h"

/* Whoever asks one of these may wait for its server, or mounts it by that. */
static bool may_wait(const struct mount_line *m)
{
	static const char *const types[] = { "nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "afs",
		"autofs" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(m->type, types[i]))
			return true;
	return !strncmp(m->type, "fuse", 4);
}

static int add(struct run *run, const struct mount_line *m)
{
	char fs[FS_ID_MAX] = "";

	if (!*m->point || path_is_virtual(m->point) || !strcmp(m->type, "autofs"))
		return 0;
	if (!may_wait(m))
		fs_id_read(m->point, fs);
	return db_run(run->db, Q_MOUNTED_ADD, "iss", run->id, m->point, fs);
}

int mounted_begin(struct run *run)
{
	_cleanup_(mounts_seen_release) struct mounts_seen seen = MOUNTS_SEEN_INIT;
	size_t i;
	int r = run_begin(run);

	if (r == 0)
		r = mounts_seen_read(&seen);
	for (i = 0; r == 0 && i < seen.count; i++)
		r = add(run, &seen.each[i]);
	return r;
}

int mounted_add(struct run *run, const char *point)
{
	_cleanup_(mounts_seen_release) struct mounts_seen seen = MOUNTS_SEEN_INIT;
	const struct mount_line *at;
	int r = mounts_seen_read(&seen);

	at = r == 0 ? mounts_seen_at(&seen, point) : NULL;
	if (r == 0)
		r = run_begin(run);
	return r == 0 && at && !strcmp(at->point, point) ? add(run, at) : r;
}

/* Places of file systems, and which of them are meant. */
struct points {
	char **each;
	bool *meant;
	size_t count;
};

static void points_release(struct points *p)
{
	while (p->count)
		free(p->each[--p->count]);
	free(p->each);
	free(p->meant);
}

static int points_read(struct points *p, struct db *db, int64_t run_id)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, db, Q_MOUNTED, "is", run_id, "");

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		char **more = ARRAY_MORE(p->each, p->count);

		r = more && (*more = strdup(rows_text(&rows, 0))) ? 0 : -ENOMEM;
		p->count -= more && !*more;
	}
	p->meant = calloc(p->count + 1, sizeof *p->meant);
	return r == 0 && !p->meant ? -ENOMEM : r;
}

/* Which of them is path on? NULL: none; the root. */
static bool *points_at(struct points *p, const char *path)
{
	size_t i, best = p->count;

	for (i = 0; i < p->count; i++)
		if (path_rest(path, p->each[i]) &&
			(best == p->count || strlen(p->each[i]) > strlen(p->each[best])))
			best = i;
	return best < p->count ? &p->meant[best] : NULL;
}

static int points_mean(struct points *p, struct db *db, int64_t run_id)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, db, Q_CHANGED_NAMES, "i", run_id);

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		bool *meant = points_at(p, rows_text(&rows, 0));

		if (meant)
			*meant = true;
		r = 0;
	}
	return r;
}

int mounted_settle(struct run *run)
{
	_cleanup_(points_release) struct points p = { 0 };
	size_t i;
	int r = run_begin(run);

	if (r == 0)
		r = points_read(&p, run->db, run->id);
	if (r == 0)
		r = points_mean(&p, run->db, run->id);
	for (i = 0; r == 0 && i < p.count; i++)
		if (!p.meant[i])
			r = db_run(run->db, Q_MOUNTED_UNUSED, "is", run->id, p.each[i]);
	return r;
}

/* A run, by a process that is asked to take it back. */
struct undo_here {
	struct db *db;
	int64_t run_id;
	struct words *words;
	struct where where;
	struct mounts_seen seen;
	bool known; /* is on record where it was? */
};

/*
 * A copy of the file system, or what a backup made of it, has what the run left there: on that one,
 * not on one that is mounted below.
 */
static bool is_copy(const struct undo_here *h, const char *point)
{
	return db_int(h->db, Q_CHANGED_STANDS, 0, "is", h->run_id, point);
}

static int refuse_ids(const struct undo_here *h)
{
	return words_set(h->words, -ENODEV,
		"run %lld was recorded where users have other numbers (a user namespace): "
		"take it back there, or --force takes them as they are", (long long)h->run_id);
}

static int refuse_root(const struct undo_here *h)
{
	return words_set(h->words, -ENODEV,
		"run %lld was recorded in another root (a chroot, a container, another system): "
		"take it back there, or --force takes this one for it", (long long)h->run_id);
}

/* The columns of RUN_WHERE. */
enum where_column { WHERE_ROOT, WHERE_PLACE, WHERE_IDS };

static int check_root(struct undo_here *h)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, h->db, Q_RUN_WHERE, "i", h->run_id);
	const char *ids, *root;

	if (r == 0)
		r = rows_next(&rows);
	if (r <= 0)
		return r;
	root = rows_text(&rows, WHERE_ROOT);
	ids = rows_text(&rows, WHERE_IDS);
	h->known = *root && *h->where.root;
	/* The database is of that root: in a copy it is where it was. */
	if (h->known && !fs_id_is(root, h->where.root) &&
		(strcmp(rows_text(&rows, WHERE_PLACE), h->where.place) || !is_copy(h, "")))
		return refuse_root(h);
	return ids_are_known(ids) && ids_are_known(h->where.ids.data) &&
			strcmp(ids, h->where.ids.data) ?
		refuse_ids(h) :
		0;
}

static bool is_mounted(const struct undo_here *h, const char *point)
{
	const struct mount_line *at = mounts_seen_at(&h->seen, point);

	return !h->seen.count || (at && !strcmp(at->point, point));
}

/* The columns of MOUNTED. */
enum mounted_column { MOUNTED_POINT, MOUNTED_FS, MOUNTED_THIS_BOOT };

static int check_point(struct undo_here *h, const struct rows *rows)
{
	const char *point = rows_text(rows, MOUNTED_POINT), *then = rows_text(rows, MOUNTED_FS);
	bool mounted = is_mounted(h, point);
	char fs[FS_ID_MAX];

	fs_id_read(point, fs);
	if (fs_id_is(then, fs) || (mounted && (!*then || is_copy(h, point))))
		return 0;
	/* What it was on is gone, and who comes after that has nothing of it. */
	if (fs_id_is_volatile(then) && !rows_int(rows, MOUNTED_THIS_BOOT) &&
		(!mounted || fs_id_is_volatile(fs)))
		return 0;
	if (!mounted)
		return words_set(h->words, -ENODEV,
			"the file system that was at %s is not mounted: mount it first, "
			"or --force goes without it", point);
	return words_set(h->words, -ENODEV,
		"another file system is mounted at %s than the one that was changed: mount that "
		"one first, or --force takes this one for it", point);
}

static int check_points(struct undo_here *h)
{
	_cleanup_free_ char *boot = liveness_boot();
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = boot ? db_rows(&rows, h->db, Q_MOUNTED, "is", h->run_id, boot) : -ENOMEM;

	while (r == 0 && (r = rows_next(&rows)) > 0)
		r = check_point(h, &rows);
	return r;
}

/* Is it the very folder that is there without it, as `mount --bind /opt /opt` has it? */
static bool is_on_itself(const struct undo_here *h, const struct mount_line *m)
{
	const struct mount_line *on = NULL;
	const char *rest;
	size_t i;

	for (i = 0; i < h->seen.count && !on; i++)
		if (h->seen.each[i].id == m->parent)
			on = &h->seen.each[i];
	rest = on && !strcmp(on->dev, m->dev) ? path_rest(m->root, on->root) : NULL;
	return rest && !strcmp(rest, path_rest(m->point, on->point));
}

/* What has come over a place of the run's since: nothing of it was on that. */
static int check_name(struct undo_here *h, const char *path, bool made)
{
	const struct mount_line *m = mounts_seen_at(&h->seen, path);

	/* A folder that it made may serve as a mount point by now: it stays for that alone. */
	if (!m || !*m->point || (made && !strcmp(m->point, path)) ||
		db_int(h->db, Q_MOUNTED_KNOWN, 0, "is", h->run_id, m->point) ||
		is_on_itself(h, m) || is_copy(h, m->point))
		return 0;
	return words_set(h->words, -ENODEV,
		"a file system was mounted at %s since: unmount it first, or --force takes it for "
		"the one that was changed", m->point);
}

static int check_names(struct undo_here *h)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = h->known ? db_rows(&rows, h->db, Q_CHANGED_NAMES, "i", h->run_id) : 0;

	while (r == 0 && h->known && (r = rows_next(&rows)) > 0)
		r = check_name(h, rows_text(&rows, 0), rows_int(&rows, 1));
	return r;
}

static int check(struct undo_here *h)
{
	int r = where_read(&h->where, db_path(h->db));

	if (r == 0)
		r = mounts_seen_read(&h->seen);
	if (r == 0)
		r = check_root(h);
	if (r == 0)
		r = check_points(h);
	if (r == 0)
		r = check_names(h);
	return r < 0 ? r : db_unread(h->db);
}

int mounted_check(struct db *db, int64_t run_id, struct words *words)
{
	struct undo_here h = { .db = db, .run_id = run_id, .words = words,
		.seen = MOUNTS_SEEN_INIT };
	int r = 0;

	words->text[0] = '\0';
	if (db_int(db, Q_RUN_CHANGED, 0, "i", run_id))
		r = check(&h);
	mounts_seen_release(&h.seen);
	where_release(&h.where);
	return r < 0 && !*words->text ? db_was_read(db, r, words) : r;
}
