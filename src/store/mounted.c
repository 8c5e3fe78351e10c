/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/mounted.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/binds.h"
#include "base/canonical.h"
#include "base/fs-id.h"
#include "store/liveness.h"
#include "store/where.h"

/* What is mounted, and what of it is meant. Without /proc nobody knows of any. */
struct points {
	struct binds binds;
	bool *meant; /* by the number of the mount */
};
#define POINTS_INIT { .binds = BINDS_INIT }

static void points_release(struct points *p)
{
	free(p->meant);
	binds_release(&p->binds);
}

static int points_read(struct points *p)
{
	int r = binds_read(&p->binds);

	if (r == 0 && !(p->meant = calloc(p->binds.count + 1, sizeof *p->meant)))
		r = -ENOMEM;
	return r;
}

/* Those on which something is that the run, or an install, changed. below: in it, not it itself. */
static int points_mean(struct points *p, struct db *db, int64_t subject, bool below)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, db, Q_CHANGED_NAMES, "i", subject);

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		const char *path = rows_text(&rows, 0);
		const struct mount_line *at = binds_at(&p->binds, path);

		if (at && *at->point && !(below && !strcmp(at->point, path)))
			p->meant[at - p->binds.each] = true;
		r = 0;
	}
	return r;
}

int mounted_note(struct run *run)
{
	_cleanup_(points_release) struct points p = POINTS_INIT;
	char fs[FS_ID_MAX];
	size_t i;
	int r = run_begin(run);

	if (r == 0)
		r = points_read(&p);
	if (r == 0)
		r = points_mean(&p, run->db, run->id, false);
	for (i = 0; r == 0 && i < p.binds.count; i++) {
		if (!p.meant[i])
			continue;
		fs_id_read(p.binds.each[i].point, fs);
		r = db_run(run->db, Q_MOUNTED_ADD, "iss", run->id, p.binds.each[i].point, fs);
	}
	return r;
}

/* Of a subject, by the process that is asked to take it back. */
struct undo_here {
	struct db *db;
	int64_t subject;
	struct words *words;
	struct where here;
	struct points now;
};

/* A copy of the file system, or what a backup made of it, has what the run left. */
static bool is_copy(const struct undo_here *s, const char *point)
{
	return db_int(s->db, Q_CHANGED_STANDS, 0, "is", s->subject, point);
}

/* The columns of ROOTS. */
enum roots_column { ROOTS_RUN, ROOTS_ROOT, ROOTS_PLACE, ROOTS_IDS };

static int check_root(struct undo_here *s, const struct rows *rows)
{
	long long run = (long long)rows_int(rows, ROOTS_RUN);
	/* The database is of that root: in a copy it is where it was. */
	bool moved = strcmp(rows_text(rows, ROOTS_PLACE), s->here.place) != 0;

	if (*s->here.root && !fs_id_is(rows_text(rows, ROOTS_ROOT), s->here.root) &&
		(moved || !is_copy(s, "")))
		return words_set(s->words, -ENODEV,
			"run %lld was recorded in another root (a chroot, a container, another "
			"system): take it back there, or --force takes this one for it", run);
	if (strcmp(rows_text(rows, ROOTS_IDS), s->here.ids.data) != 0)
		return words_set(s->words, -ENODEV,
			"run %lld was recorded where users have other numbers (a user namespace): "
			"take it back there, or --force takes them as they are", run);
	return 0;
}

/* *known: is of all runs on record where they were? */
static int check_roots(struct undo_here *s, bool *known)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, s->db, Q_ROOTS, "i", s->subject);

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		*known = true;
		r = check_root(s, &rows);
	}
	return r;
}

/* A mount point that is gone itself hides nothing. */
static bool is_unmounted(const struct undo_here *s, const char *point)
{
	const struct mount_line *at = binds_at(&s->now.binds, point);

	return s->now.binds.count && (!at || strcmp(at->point, point) != 0) &&
		faccessat(AT_FDCWD, point, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The columns of MOUNTED. */
enum mounted_column { MOUNTED_POINT, MOUNTED_FS, MOUNTED_THIS_BOOT };

static int check_point(struct undo_here *s, const struct rows *rows)
{
	const char *point = rows_text(rows, MOUNTED_POINT), *then = rows_text(rows, MOUNTED_FS);
	char fs[FS_ID_MAX];

	/* What it was on is gone, and whatever is there now is new to all. */
	if (fs_id_is_volatile(then) && !rows_int(rows, MOUNTED_THIS_BOOT))
		return 0;
	if (is_unmounted(s, point))
		return words_set(s->words, -ENODEV,
			"the file system that was at %s is not mounted: mount it first, "
			"or --force goes without it", point);
	fs_id_read(point, fs);
	if (!*then || !*fs || fs_id_is(then, fs) || is_copy(s, point))
		return 0;
	return words_set(s->words, -ENODEV,
		"another file system is mounted at %s than the one that was changed: mount that "
		"one first, or --force takes this one for it", point);
}

static int check_points(struct undo_here *s)
{
	_cleanup_free_ char *boot = liveness_boot();
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = boot ? db_rows(&rows, s->db, Q_MOUNTED, "is", s->subject, boot) : -ENOMEM;

	while (r == 0 && (r = rows_next(&rows)) > 0)
		r = check_point(s, &rows);
	return r;
}

/* Below what is it mounted? */
static const struct mount_line *mounted_on(const struct binds *b, const struct mount_line *m)
{
	const struct mount_line *best = NULL, *o;

	for (o = b->each; o < m; o++)
		if (path_rest(m->point, o->point) &&
			(!best || strlen(o->point) >= strlen(best->point)))
			best = o;
	return best;
}

/* A folder on itself, as `mount --bind /opt /opt` has it: nothing is anywhere else by that. */
static bool is_on_itself(const struct binds *b, const struct mount_line *m)
{
	const struct mount_line *on = mounted_on(b, m);
	const char *rest = on && !strcmp(on->dev, m->dev) ? path_rest(m->root, on->root) : NULL;

	return rest && !strcmp(rest, path_rest(m->point, on->point));
}

static int check_new(struct undo_here *s, const struct mount_line *m)
{
	if (db_int(s->db, Q_MOUNTED_KNOWN, 0, "is", s->subject, m->point) ||
		is_on_itself(&s->now.binds, m) || is_copy(s, m->point))
		return 0;
	return words_set(s->words, -ENODEV,
		"a file system was mounted at %s since: unmount it first, or --force takes it for "
		"the one that was changed", m->point);
}

static int check_all(struct undo_here *s)
{
	bool known = false;
	size_t i;
	int r = check_roots(s, &known);

	if (r == 0)
		r = check_points(s);
	if (r == 0 && known)
		r = points_mean(&s->now, s->db, s->subject, true);
	for (i = 0; r == 0 && known && i < s->now.binds.count; i++)
		if (s->now.meant[i])
			r = check_new(s, &s->now.binds.each[i]);
	return r < 0 ? r : db_unread(s->db);
}

int mounted_check(struct db *db, int64_t subject, struct words *words)
{
	struct undo_here s = { .db = db, .subject = subject, .words = words, .now = POINTS_INIT };
	int r = where_read(&s.here, db_path(db));

	words->text[0] = '\0';
	if (r == 0)
		r = points_read(&s.now);
	if (r == 0)
		r = check_all(&s);
	points_release(&s.now);
	where_release(&s.here);
	return r < 0 && !*words->text ? db_was_read(db, r, words) : r;
}
