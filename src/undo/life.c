/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The history of a path is a chain: each change found something and left
 * something. From its end on we go back over what is of no more account, which
 * is the changes of the install, those that were undone, and the undos; as
 * long as each found what the one before it had left. Where that ends, what
 * was found belongs to somebody: to nobody, to another install, or to a person
 * who edited it between two runs. It is what has to come back.
 */
#include "undo/life.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/u64map.h"
#include "undo/files.h"

/* The columns of STALE: what is told of a file, and the rows behind it. */
enum stale_column {
	STALE_TYPE,
	STALE_PATH,
	STALE_MODE,
	STALE_UID,
	STALE_GID,
	STALE_SIZE,
	STALE_MTIME,
	STALE_SHA256,
	STALE_TARGET,
	STALE_GROUP,
	STALE_RUN_ID,
	STALE_PATH_ID,
};

/* The columns of LIFE behind those that entry_read() knows. */
enum life_column {
	COLUMN_RUN = ENTRY_COLUMNS,
	COLUMN_STARTED,
	COLUMN_OURS,
	COLUMN_MINE,
	COLUMN_UNDO,
};

/* One change of a path. */
struct change_of {
	struct entry e;
	int64_t run_id, started_ns;
	bool ours; /* of no more account once the install is gone */
	bool mine; /* of the install itself */
	bool put_back; /* an undo did it: for which file is known, its inode is not */
};

/* The first run that has part in it, when that began, and the last. */
struct part {
	int64_t since, started_ns, last;
};

struct history {
	struct entries out;
	struct part *parts; /* for each of them */
	size_t part_count;
	struct change_of *chain; /* of one path, in order */
	size_t count;
	struct files files;
	int64_t started_ns;
	int64_t run_id; /* the history of this run's changes; 0: of an install's */
	bool in_part; /* of these paths only, by their rows: */
	struct u64map part;
};

static void drop_chain(struct history *l)
{
	while (l->count)
		entry_release(&l->chain[--l->count].e);
	free(l->chain);
	l->chain = NULL;
}

/* Is this what that change left? Of two times that are not known nothing is said. */
static bool is_same(const struct side *left, const struct side *found)
{
	const struct inode *a = &left->i, *b = &found->i;

	if (!a->exists || !b->exists)
		return a->exists == b->exists;
	if ((a->mode & S_IFMT) != (b->mode & S_IFMT))
		return false;
	if (S_ISLNK(a->mode))
		return !left->target || !found->target || !strcmp(left->target, found->target);
	if (!S_ISREG(a->mode))
		return a->rdev == b->rdev;
	if (a->size != b->size)
		return false;
	if (left->has_hash && found->has_hash)
		return !memcmp(left->hash, found->hash, SHA256_LEN);
	return a->mtime_ns == b->mtime_ns;
}

/*
 * An undo's record does not tell which file it put back: it is the one that another before it
 * found, or had left, where it could be that.
 */
static void number_put_back(struct history *l, size_t at)
{
	struct change_of *c = &l->chain[at];
	size_t i = at;

	while (c->e.after.i.exists && i-- > 0) {
		const struct entry *of = &l->chain[i].e;
		bool found = is_same(&of->before, &c->e.after);
		const struct inode *it = found ? &of->before.i : &of->after.i;

		if (!found && !is_same(&of->after, &c->e.after))
			continue;
		c->e.file = found ? of->before_file : of->file;
		c->e.after.i.dev = it->dev;
		c->e.after.i.ino = it->ino;
		c->put_back = true;
		return;
	}
}

/*
 * Is what it found the very file that the one before it had left? An inode's number comes round
 * again, and so does a content.
 */
static bool is_same_file(const struct change_of *last, const struct change_of *c)
{
	const struct inode *left = &last->e.after.i, *found = &c->e.before.i;

	return c->e.before_file && last->e.file && is_same(&last->e.after, &c->e.before) &&
		(last->put_back || left->ino == found->ino) &&
		(!S_ISREG(found->mode) || left->mtime_ns == found->mtime_ns);
}

static int number_files(struct history *l)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < l->count; i++) {
		struct change_of *c = &l->chain[i];

		r = files_number(&l->files, c->run_id, &c->e.before_file);
		if (r == 0 && i && is_same_file(c - 1, c))
			files_join(&l->files, c->e.before_file, c[-1].e.file);
		if (r == 0)
			r = files_number(&l->files, c->run_id, &c->e.file);
		if (r == 0 && !c->e.file)
			number_put_back(l, i);
		if (r == 0)
			r = files_keep(&l->files, c->run_id, &c->e);
	}
	return r;
}

/* The first change of those, back from the last, that have to be gone for the install to be. */
static size_t first_of(const struct history *l)
{
	size_t i = l->count - 1;

	while (i > 0 && l->chain[i - 1].ours &&
		is_same(&l->chain[i - 1].e.after, &l->chain[i].e.before))
		i--;
	return i;
}

/* By what each change knows of itself: of what was only chmodded there are no digests. */
static bool is_untouched(const struct history *l, size_t from)
{
	size_t i = from;

	while (i < l->count && l->chain[i].e.content_changed == 0)
		i++;
	return i == l->count;
}

/* Or the very file stands there again, with its old time, and none of them wrote in it. */
static bool is_there_again(const struct history *l, size_t from)
{
	const struct entry *first = &l->chain[from].e, *last = &l->chain[l->count - 1].e;
	const struct inode *b = &first->before.i, *a = &last->after.i;
	size_t i = from;

	while (i < l->count && l->chain[i].e.content_changed <= 0)
		i++;
	return i == l->count && b->exists && a->exists && S_ISREG(a->mode) &&
		last->file && b->size == a->size && b->mtime_ns == a->mtime_ns &&
		files_known_as(&l->files, last->file) ==
		files_known_as(&l->files, first->before_file);
}

static int content_changed(const struct side *a, const struct side *b, bool untouched)
{
	if (a->has_hash && b->has_hash)
		return !!memcmp(a->hash, b->hash, SHA256_LEN);
	return untouched ? 0 : -1;
}

/*
 * Of what a change left as it was the content was not kept; but who changed or took it later in
 * the chain had to, be it another file with the same in it by then.
 */
static void borrow_content(const struct history *l, size_t from)
{
	struct entry *first = &l->chain[from].e;
	size_t i;

	if (!S_ISREG(first->before.i.mode) || first->before.has_hash)
		return;
	for (i = from + 1; i < l->count && l->chain[i - 1].e.content_changed == 0; i++) {
		const struct entry *later = &l->chain[i].e;

		if (!later->before.has_hash || later->keep != KEEP_WHOLE)
			continue;
		memcpy(first->before.hash, later->before.hash, SHA256_LEN);
		first->before.has_hash = true;
		first->keep = KEEP_WHOLE;
		return;
	}
}

/* From what the first found to what the last left. */
static int add(struct history *l, size_t from)
{
	struct change_of *first = &l->chain[from], *last = &l->chain[l->count - 1];
	struct entry *e = ARRAY_MORE(l->out.e, l->out.count);
	struct part *part = ARRAY_MORE(l->parts, l->part_count);
	bool untouched = is_untouched(l, from) || is_there_again(l, from);
	bool mine = false, hidden = false;
	size_t i;

	if (!e || !part)
		return -ENOMEM;
	borrow_content(l, from);
	*part = (struct part){ first->run_id, first->started_ns, last->run_id };
	for (i = from; i < l->count; i++) {
		mine |= l->chain[i].mine;
		hidden |= l->chain[i].e.hidden;
	}
	*e = last->e;
	last->e = (struct entry){ 0 };
	e->hidden = hidden;
	e->of_others = !l->run_id && !mine && !S_ISDIR(e->after.i.mode);
	e->put_back = e->of_others && last->put_back;
	e->since_ns = l->run_id ? first->started_ns : 0;
	e->found_by = first->run_id;
	e->if_empty = !l->run_id;
	if (first == last)
		return 0;
	entry_release_side(&e->before);
	e->before = first->e.before;
	first->e.before = (struct side){ 0 };
	e->before_file = first->e.before_file;
	e->late = first->e.late;
	e->keep = first->e.keep;
	e->content_changed = content_changed(&e->before, &e->after, untouched);
	e->change = !e->before.i.exists ? CHANGE_CREATED :
		    e->after.i.exists   ? CHANGE_MODIFIED :
					  CHANGE_REMOVED;
	return 0;
}

/* Is there something to take back; of a run, does that begin with what it found? */
static bool is_of_account(const struct history *l, size_t from)
{
	size_t i;

	if (!l->run_id)
		return l->chain[from].e.before.i.exists || l->chain[l->count - 1].e.after.i.exists;
	for (i = from + 1; i < l->count; i++)
		if (l->chain[i].run_id == l->run_id)
			return true;
	return false;
}

/*
 * What another has built upon: what stood there before cannot go home for now. What the install
 * itself had left there is nothing of before.
 */
static int leave_homes(struct history *l, size_t end)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < end; i++) {
		const struct change_of *c = &l->chain[i];

		if (c->mine && !(i && c[-1].ours && is_same(&c[-1].e.after, &c->e.before)))
			r = files_leave_home(&l->files, c->run_id, &c->e);
	}
	return r;
}

/* What came to nothing there may stand elsewhere: it is as old as that. */
static void note_start(struct history *l, size_t from)
{
	size_t i;

	for (i = from; i < l->count; i++)
		if (l->chain[i].started_ns < l->started_ns)
			l->started_ns = l->chain[i].started_ns;
}

/* A path's last change has been read. */
static int close_chain(struct history *l)
{
	const struct change_of *last = l->count ? &l->chain[l->count - 1] : NULL;
	int r = number_files(l);
	size_t from = l->count;

	/* What others left last is theirs. */
	if (r == 0 && last && last->ours) {
		bool counts = is_of_account(l, from = first_of(l));

		if (counts || !l->run_id)
			note_start(l, from);
		if (counts)
			r = add(l, from);
	}
	if (r == 0)
		r = leave_homes(l, from);
	drop_chain(l);
	return r;
}

static int read_change(struct history *l, const struct rows *rows)
{
	struct change_of c = { .run_id = rows_int(rows, COLUMN_RUN),
		.started_ns = rows_int(rows, COLUMN_STARTED),
		.ours = rows_int(rows, COLUMN_OURS),
		.mine = rows_int(rows, COLUMN_MINE) };
	struct change_of *at;
	int r;

	if (l->in_part && !u64map_get(&l->part, (uint64_t)rows_int(rows, 0)))
		return 0;
	r = entry_read(&c.e, rows);

	if (r == 0 && l->count && c.e.path_id != l->chain[0].e.path_id)
		r = close_chain(l);
	/* its record does not tell: what came home to an excluded place is in one still */
	if (r == 0 && l->count && rows_int(rows, COLUMN_UNDO))
		c.e.excluded = l->chain[l->count - 1].e.excluded;
	at = r == 0 ? ARRAY_MORE(l->chain, l->count) : NULL;
	if (!at) {
		entry_release(&c.e);
		return r < 0 ? r : -ENOMEM;
	}
	*at = c;
	return 0;
}

/* All paths have been read: which file is which, and what there is of it, is known. */
static int settle_files(struct history *l)
{
	int r = files_settle(&l->files);
	size_t i;

	for (i = 0; r == 0 && i < l->out.count; i++) {
		struct entry *e = &l->out.e[i];

		e->file = files_known_as(&l->files, e->file);
		e->before_file = files_known_as(&l->files, e->before_file);
		r = files_borrow(&l->files, e, l->parts[i].since);
		if (r == 0)
			r = files_find_home(&l->files, e);
	}
	return r;
}

static int read_all(struct history *l, struct db *db, int64_t subject, int64_t of_run)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, db, Q_LIFE, "ii", subject, of_run);

	while (r == 0 && (r = rows_next(&rows)) > 0)
		r = read_change(l, &rows);
	if (r == 0 && l->count)
		r = close_chain(l);
	drop_chain(l);
	return r == 0 ? settle_files(l) : r;
}

static void release(struct history *l)
{
	free(l->parts);
	files_release(&l->files);
	u64map_release(&l->part);
}

/* The files that stood somewhere before, and do not any more. */
static int read_homeless(const struct history *l, struct u64map *homeless)
{
	bool added;
	size_t i;

	for (i = 0; i < l->out.count; i++) {
		const struct entry *e = &l->out.e[i];

		if (entry_has_left(e) &&
			!u64map_put(homeless, e->before_file, &added))
			return -ENOMEM;
	}
	return 0;
}

/* The rows of the paths of what a run made stale. */
static int read_stale(struct u64map *stale, struct db *db, int64_t superseded_by)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, db, Q_STALE, "ii", superseded_by, (int64_t)1);
	bool added;

	while (r == 0 && (r = rows_next(&rows)) > 0)
		r = u64map_put(stale, (uint64_t)rows_int(&rows, STALE_PATH_ID), &added) ? 0 :
											  -ENOMEM;
	return r;
}

/*
 * Only those. What the install had not made itself does not go home from there, since its home is
 * left alone: it is from before the run that brought it.
 */
static int keep_part(struct history *l, const struct u64map *stale)
{
	_cleanup_(u64map_release) struct u64map homeless = { 0 };
	int r = read_homeless(l, &homeless);
	size_t i, kept = 0;

	for (i = 0; r == 0 && i < l->out.count; i++) {
		struct entry *e = &l->out.e[i];

		if (!u64map_get(stale, (uint64_t)e->path_id)) {
			entry_release(e);
			continue;
		}
		free(e->home);
		e->home = NULL;
		if (u64map_get(&homeless, e->file) || files_has_home(&l->files, e->file))
			e->since_ns = l->parts[i].started_ns;
		l->parts[kept] = l->parts[i];
		l->out.e[kept++] = *e;
	}
	if (r == 0)
		l->out.count = kept;
	return r;
}

static int read_install(struct history *l, struct db *db, int64_t install_id, int64_t of_run,
	int64_t superseded_by)
{
	_cleanup_(u64map_release) struct u64map stale = { 0 };
	int r = read_all(l, db, install_id, of_run);

	if (r < 0 || !superseded_by)
		return r;
	r = read_stale(&stale, db, superseded_by);
	return r == 0 ? keep_part(l, &stale) : r;
}

int life_load(struct entries *out, struct db *db, int64_t install_id, int64_t of_run,
	int64_t superseded_by, int64_t *started_ns)
{
	struct history l = { .started_ns = INT64_MAX };
	int r = read_install(&l, db, install_id, of_run, superseded_by);

	release(&l);
	if (r < 0) {
		entries_release(&l.out);
		return r;
	}
	entries_sort(&l.out);
	*out = l.out;
	*started_ns = l.started_ns;
	return 0;
}

int life_created(struct buf *json, struct db *db, int64_t install_id, int64_t of_run,
	int64_t superseded_by)
{
	struct history l = { .started_ns = INT64_MAX };
	struct u64map homeless = { 0 };
	int r = read_install(&l, db, install_id, of_run, superseded_by);
	size_t i;

	if (r == 0)
		r = read_homeless(&l, &homeless);
	buf_addc(json, '[');
	for (i = 0; r == 0 && i < l.out.count; i++) {
		const struct entry *e = &l.out.e[i];

		if (e->change == CHANGE_CREATED && e->after.i.exists &&
			(S_ISDIR(e->after.i.mode) || !u64map_get(&homeless, e->file)))
			buf_addf(json, "%s[%lld,%lld]", json->len > 1 ? "," : "",
				(long long)l.parts[i].last, (long long)e->path_id);
	}
	buf_addc(json, ']');
	u64map_release(&homeless);
	entries_release(&l.out);
	release(&l);
	return json->failed ? -ENOMEM : r;
}

/* The paths at which it is worth a look. */
static int read_found(struct history *l, struct db *db)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, db, Q_FOUND_UNDONE, "i", l->run_id);
	bool added;

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		l->in_part = true;
		r = u64map_put(&l->part, (uint64_t)rows_int(&rows, 0), &added) ? 0 : -ENOMEM;
	}
	return r;
}

/* An undo has put it back, say: the run's own record of it tells which file it is. */
static bool is_alike(const struct side *a, const struct side *b)
{
	return is_same(a, b) &&
		(!a->i.exists ||
			(a->i.mode == b->i.mode && a->i.uid == b->i.uid && a->i.gid == b->i.gid));
}

/* What was there before `from`, was so before the run. Which file that is nobody here knows. */
static void take_before(struct entry *e, struct entry *from)
{
	entry_release_side(&e->before);
	e->before = from->before;
	from->before = (struct side){ 0 };
	e->before_file = 0;
	e->since_ns = from->since_ns;
	e->found_by = from->found_by;
	e->late = from->late;
	e->keep = from->keep;
	e->content_changed = from->content_changed;
	e->change = !e->before.i.exists ? CHANGE_CREATED :
		    e->after.i.exists   ? CHANGE_MODIFIED :
					  CHANGE_REMOVED;
}

int life_below(struct entries *all, struct db *db, int64_t run_id)
{
	struct history l = { .started_ns = INT64_MAX, .run_id = run_id };
	int r = read_found(&l, db);
	size_t i;

	if (r == 0 && l.in_part)
		r = read_all(&l, db, run_id, run_id);
	for (i = 0; r == 0 && i < l.out.count; i++) {
		const char *path = l.out.e[i].path;
		struct entry *e = entries_find(all, path, strlen(path));

		if (e && !is_alike(&e->before, &l.out.e[i].before))
			take_before(e, &l.out.e[i]);
	}
	for (i = 0; r == 0 && l.out.count && i < all->count; i++)
		all->e[i].if_empty = u64map_get(&l.part, (uint64_t)all->e[i].path_id);
	entries_release(&l.out);
	release(&l);
	return r;
}
