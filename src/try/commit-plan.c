/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "try/commit-plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/canonical.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/mix.h"
#include "undo/files.h"
#include "undo/look.h"
#include "undo/numbers.h"
#include "undo/reason.h"
#include "undo/remake.h"

#define PIECE (128U * 1024) /* of two contents that are compared */

void commit_refuse(struct commit_item *it, bool fixed, const char *fmt, ...)
{
	va_list ap;

	if (it->reason && it->fixed)
		return;
	va_start(ap, fmt);
	reason_vset(&it->reason, fmt, ap);
	va_end(ap);
	it->fixed = fixed;
}

/* Loading. */

struct loading {
	struct commit_plan *p;
	struct files files;
	struct u64map paths; /* a path's row -> 1 + its entry */
	uint32_t unnamed;    /* files that a run gave no number */
};

static int number_side(struct loading *l, int64_t run_id, const struct side *s, uint32_t *file)
{
	bool unnamed = !*file;

	if (!s->i.exists)
		*file = 0; /* the last that stood there */
	else if (unnamed)
		*file = ++l->unnamed;
	return files_number(&l->files, unnamed ? 0 : run_id, file);
}

/* Nobody said which file stands there now; in layers none gets the number of one that was there. */
static bool has_stayed(const struct entry *e)
{
	const struct inode *b = &e->before.i, *a = &e->after.i;

	return !e->file && b->exists && a->exists && b->ino == a->ino && b->dev == a->dev;
}

/* The numbers of several runs become those of one. */
static int number_sides(struct loading *l, int64_t run_id, struct entry *e)
{
	int r;

	if (has_stayed(e))
		e->file = e->before_file;
	r = number_side(l, run_id, &e->before, &e->before_file);

	return r < 0 ? r : number_side(l, run_id, &e->after, &e->file);
}

/* What a later run of the scene made of what an earlier one had left. */
static void go_on(struct loading *l, struct entry *first, struct entry *e)
{
	if (first->file && e->before_file && first->after.i.exists)
		files_join(&l->files, first->file, e->before_file);
	entry_release_side(&first->after);
	first->after = e->after;
	e->after = (struct side){ 0 };
	first->file = e->file;
	first->content_changed = -1;
	first->hidden |= e->hidden;
	first->excluded = e->excluded;
	first->as_needed &= e->as_needed;
	entry_release(e);
}

static int add_entry(struct loading *l, int64_t run_id, struct entry *e)
{
	struct entries *all = &l->p->all;
	struct entry *more;
	bool added;
	uint32_t *at;
	int r = number_sides(l, run_id, e);

	at = r == 0 ? u64map_put(&l->paths, mix64((uint64_t)e->path_id), &added) : NULL;
	more = at && added ? ARRAY_MORE(all->e, all->count) : NULL;
	if (!at || (added && !more)) {
		entry_release(e);
		return -ENOMEM;
	}
	if (added) {
		*at = (uint32_t)all->count;
		*more = *e;
	} else {
		go_on(l, &all->e[*at - 1], e);
	}
	return 0;
}

static int load_run(struct loading *l, int64_t run_id)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, l->p->db, Q_COMMIT_ENTRIES, "i", run_id);
	struct entry e;

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		r = entry_read(&e, &rows);
		/* It stays as it is, and has got another name: that is made of it. */
		e.as_needed = e.change == CHANGE_REMOVED && e.after.i.exists;
		if (r == 0)
			r = add_entry(l, run_id, &e);
	}
	return r;
}

static int add_folder(struct commit_plan *p, const char *path, size_t n)
{
	struct commit_folder *more;
	bool added;

	if (!n)
		return 0; /* "/": nothing can be told of it by a name in a folder */
	if (!u64map_put(&p->folders_seen, mix_bytes(path, n), &added))
		return -ENOMEM;
	if (!added)
		return 0;
	more = ARRAY_MORE(p->folders, p->folder_count);
	return more && (more->path = strndup(path, n)) ? 0 : -ENOMEM;
}

static int load_folders(struct commit_plan *p, int64_t run_id)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, p->db, Q_COMMIT_TIMES, "i", run_id);

	while (r == 0 && (r = rows_next(&rows)) > 0)
		r = add_folder(p, rows_text(&rows, 0), (size_t)rows_bytes(&rows, 0));
	return r;
}

static void know_files(const struct loading *l)
{
	const struct entries *all = &l->p->all;
	size_t i;

	for (i = 0; i < all->count; i++) {
		all->e[i].file = files_known_as(&l->files, all->e[i].file);
		all->e[i].before_file = files_known_as(&l->files, all->e[i].before_file);
	}
}

int commit_plan_load(struct commit_plan *p, struct db *db, int64_t run_id, int root)
{
	struct loading l = { .p = p };
	size_t i;
	int r;

	*p = (struct commit_plan){ .db = db, .real = PARENTS_INIT, .scene = PARENTS_INIT };
	p->scene.root = root;
	r = db_list(db, Q_COMMIT_RUNS, run_id, &p->runs, &p->run_count);
	for (i = 0; r == 0 && i < p->run_count; i++) {
		r = load_run(&l, p->runs[i]);
		if (r == 0)
			r = load_folders(p, p->runs[i]);
	}
	know_files(&l);
	p->files = (uint32_t)l.files.count;
	files_release(&l.files);
	u64map_release(&l.paths);
	entries_sort(&p->all);
	p->items = calloc(p->all.count + 1, sizeof *p->items);
	for (i = 0; p->items && i < p->all.count; i++)
		p->items[i].e = &p->all.e[i];
	if (r == 0 && p->run_count)
		p->started_ns = db_int(db, Q_RUN_STARTED, 0, "i", p->runs[0]);
	return r < 0 ? r : p->items ? 0 : -ENOMEM;
}

void commit_plan_release(struct commit_plan *p)
{
	size_t i;

	for (i = 0; p->items && i < p->all.count; i++) {
		entry_release_side(&p->items[i].want);
		free(p->items[i].work);
		free(p->items[i].reason);
	}
	free(p->items);
	while (p->folder_count)
		free(p->folders[--p->folder_count].path);
	free(p->folders);
	u64map_release(&p->folders_seen);
	free(p->runs);
	entries_release(&p->all);
	u64map_release(&p->homes);
	u64map_release(&p->leads);
	parents_forget(&p->real);
	parents_forget(&p->scene);
}

/* Finding. */

struct commit_item *commit_plan_find(const struct commit_plan *p, const char *path, size_t n)
{
	const struct entry *e = n ? entries_find(&p->all, path, n) : NULL;

	return e ? &p->items[e - p->all.e] : NULL;
}

struct commit_item *commit_plan_folder(const struct commit_plan *p, const struct commit_item *it)
{
	return commit_plan_find(p, it->e->path, (size_t)(strrchr(it->e->path, '/') - it->e->path));
}

static struct commit_item *item_at(const struct commit_plan *p, const struct u64map *map,
	uint32_t file)
{
	size_t at = numbers_at(map, file);

	return at ? &p->items[at - 1] : NULL;
}

struct commit_item *commit_plan_home(const struct commit_plan *p, const struct commit_item *it)
{
	return it->e->file && it->e->file == it->e->before_file && it->now.exists ?
		(struct commit_item *)it :
		item_at(p, &p->homes, it->e->file);
}

struct commit_item *commit_plan_lead(const struct commit_plan *p, const struct commit_item *it)
{
	return item_at(p, &p->leads, it->e->before_file);
}

struct commit_item *commit_plan_first(const struct commit_plan *p, struct u64map *map,
	uint64_t key, const struct commit_item *it)
{
	bool added;
	uint32_t *at = u64map_put(map, key, &added);

	if (at && added)
		*at = (uint32_t)(it - p->items) + 1;
	return at ? &p->items[*at - 1] : NULL;
}

/* The first that asks for the number has it. */
static int claim_file(struct commit_plan *p, struct u64map *map, uint32_t file,
	const struct commit_item *it, bool *first)
{
	const struct commit_item *has = commit_plan_first(p, map, mix64(file), it);

	*first = has == it;
	return has ? 0 : -ENOMEM;
}

/* Looking. */

static bool is_as_recorded(const struct inode *is, const struct inode *want)
{
	if (!is->exists || !want->exists)
		return is->exists == want->exists;
	if (is->mode != want->mode || is->uid != want->uid || is->gid != want->gid ||
		is->rdev != want->rdev)
		return false;
	return (!S_ISREG(is->mode) && !S_ISLNK(is->mode)) ||
		(is->size == want->size && is->mtime_ns == want->mtime_ns);
}

static int look_in_scene(struct commit_plan *p, struct commit_item *it)
{
	int r = it->e->after.i.exists ? look_read(&p->scene, it->e->path, &it->want) : 0;

	if (r == -ENOMEM)
		return r;
	it->astray = r < 0 || !is_as_recorded(&it->want.i, &it->e->after.i);
	return 0;
}

/* A file where the command made a folder: below it there is nothing yet. */
static bool is_below_file(const struct commit_plan *p, const struct commit_item *it)
{
	const struct commit_item *above = commit_plan_folder(p, it);

	return above && S_ISDIR(above->e->after.i.mode) &&
		(!above->now.exists || !S_ISDIR(above->now.mode));
}

static void look_at_now(struct commit_plan *p, struct commit_item *it)
{
	int r = inode_at(&it->now, &p->real, it->e->path);

	if (r == 0 || is_below_file(p, it))
		return;
	if (r != -ENOENT)
		commit_refuse(it, true, "%s", r == -ELOOP ?
			"a folder above it is a symlink, or no folder, now" : strerror(-r));
	else if (it->e->after.i.exists)
		commit_refuse(it, true, "the folder that it is in is gone");
}

int commit_plan_look(struct commit_plan *p)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < p->all.count; i++) {
		struct commit_item *it = &p->items[i];
		bool first;

		if (it->given_up)
			continue;
		look_at_now(p, it);
		if (it->now.exists && !it->e->before_file)
			it->e->before_file = ++p->files; /* somebody put it there since */
		r = look_in_scene(p, it);
		if (r == 0 && it->now.exists && !S_ISDIR(it->now.mode))
			r = claim_file(p, &p->homes, it->e->before_file, it, &first);
	}
	return r;
}

/* Deciding. */

static int open_content(struct parents *parents, const char *path)
{
	const char *name;
	int dir, r = parents_open(parents, path, &dir, &name);

	return r < 0 ? r : io_open_content(dir, name);
}

static bool same_bytes(int a, int b)
{
	_cleanup_free_ char *buf = malloc(2 * PIECE);
	ssize_t n = 1, m = 1;

	while (buf && n > 0 && m > 0) {
		n = io_read_all(a, buf, PIECE);
		m = io_read_all(b, buf + PIECE, PIECE);
		if (n != m || n < 0 || memcmp(buf, buf + PIECE, (size_t)n) != 0)
			return false;
	}
	return buf != NULL;
}

/* Has the file in the scene another content than where it stands now? Times can be set back. */
static bool is_rewritten(struct commit_plan *p, const struct commit_item *it,
	const struct commit_item *home)
{
	_cleanup_close_ int in_scene = -1, real = -1;

	if (!S_ISREG(it->want.i.mode) || (home == it && it->e->content_changed == 0 &&
					       it->want.i.size == it->now.size))
		return false;
	if (it->want.i.size != home->now.size)
		return true;
	in_scene = open_content(&p->scene, it->e->path);
	real = open_content(&p->real, home->e->path);
	return in_scene < 0 || real < 0 || !same_bytes(in_scene, real);
}

/* Is it one file with what stands somewhere now, whatever becomes of that name? */
static bool stays_file(const struct commit_item *it, const struct commit_item *home)
{
	return home && home->now.exists && !home->given_up &&
		(home->now.mode & S_IFMT) == (it->e->after.i.mode & S_IFMT) &&
		home->now.rdev == it->e->after.i.rdev;
}

/*
 * A file that went into a folder of its own name: as a link of it in there, what takes back a
 * commit that died would find it in two places, of which one has to go for the other.
 */
static bool is_in_own_place(const struct commit_item *it, const struct commit_item *home)
{
	return home != it && home->now.nlink == 1 && path_is_below(it->e->path, home->e->path);
}

static int decide_file(struct commit_plan *p, struct commit_item *it)
{
	struct commit_item *home = commit_plan_home(p, it);
	int r = 0;

	it->act = COMMIT_MAKE;
	if (!stays_file(it, home) || is_in_own_place(it, home))
		return 0;
	it->act = home == it ? COMMIT_IN_PLACE : COMMIT_LINK;
	it->from = home;
	if (!it->astray)
		r = claim_file(p, &p->leads, it->e->file, it, &it->leads);
	it->writes = it->leads && is_rewritten(p, it, home);
	return r;
}

static int decide(struct commit_plan *p, struct commit_item *it)
{
	if (it->given_up)
		return 0;
	if (!it->e->after.i.exists) {
		it->act = it->now.exists ? COMMIT_REMOVE : COMMIT_NOTHING;
		return 0;
	}
	if (!S_ISDIR(it->e->after.i.mode))
		return decide_file(p, it);
	it->act = it->now.exists && S_ISDIR(it->now.mode) ? COMMIT_FOLDER : COMMIT_NEW_FOLDER;
	return 0;
}

/* The names of a new file: all but the first are links to that. */
static int find_made(struct commit_plan *p, struct u64map *made, struct commit_item *it)
{
	bool first;
	int r;

	if (it->act != COMMIT_MAKE || it->astray || it->want.i.nlink < 2)
		return 0;
	r = claim_file(p, made, it->e->file, it, &first);
	it->from = r == 0 && !first ? item_at(p, made, it->e->file) : NULL;
	return r;
}

/* What is astray is had by another name, or not at all. */
static void find_astray(const struct commit_plan *p, const struct u64map *made,
	struct commit_item *it)
{
	const struct commit_item *lead = item_at(p, &p->leads, it->e->file);

	if (!it->astray || it->act == COMMIT_NOTHING)
		return;
	if (it->act == COMMIT_MAKE)
		it->from = item_at(p, made, it->e->file);
	if (it->act == COMMIT_MAKE ? !it->from : !lead)
		commit_refuse(it, true, "it is not as the command left it any more");
}

/* Does its folder get a time of its own by it? */
static int find_folder(struct commit_plan *p, const struct commit_item *it)
{
	const char *path = it->e->path;

	return it->act == COMMIT_NOTHING ? 0 :
		add_folder(p, path, (size_t)(strrchr(path, '/') - path));
}

int64_t commit_plan_time(const struct commit_plan *p, const struct inode *now, int64_t want_ns)
{
	return now->exists && now->mtime_ns > want_ns && now->mtime_ns > p->started_ns ?
		now->mtime_ns : want_ns;
}

/* One that is an item itself is dressed as that. */
static void look_at_folder(struct commit_plan *p, struct commit_folder *f)
{
	const struct commit_item *it = commit_plan_find(p, f->path, strlen(f->path));
	struct inode in_scene = { 0 };

	if (it && it->act != COMMIT_NOTHING)
		return;
	if (inode_at(&f->now, &p->real, f->path) < 0 || !f->now.exists ||
		!S_ISDIR(f->now.mode) || inode_at(&in_scene, &p->scene, f->path) < 0 ||
		!in_scene.exists || !S_ISDIR(in_scene.mode))
		f->now.exists = false;
	f->mtime_ns = commit_plan_time(p, &f->now, in_scene.mtime_ns);
}

int commit_plan_decide(struct commit_plan *p)
{
	struct u64map made = { 0 };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < p->all.count; i++) {
		r = decide(p, &p->items[i]);
		if (r == 0)
			r = find_made(p, &made, &p->items[i]);
		if (r == 0)
			r = find_folder(p, &p->items[i]);
	}
	for (i = 0; r == 0 && i < p->all.count; i++)
		find_astray(p, &made, &p->items[i]);
	for (i = 0; r == 0 && i < p->folder_count; i++)
		look_at_folder(p, &p->folders[i]);
	u64map_release(&made);
	return r;
}

/* Placing. */

static bool is_made(const struct commit_item *it)
{
	return it->act == COMMIT_LINK || it->act == COMMIT_MAKE ||
		it->act == COMMIT_NEW_FOLDER || (it->act == COMMIT_IN_PLACE && it->writes);
}

/* Beside its place, where somebody would see it half there, or something stands. */
static int place(struct commit_plan *p, struct commit_item *it, const struct temps *temps)
{
	const struct commit_item *above = commit_plan_folder(p, it);
	bool fresh = above && above->act == COMMIT_NEW_FOLDER;
	const char *slash = strrchr(it->e->path, '/');
	char temp[TEMP_MAX];
	int n = 0;

	if (!is_made(it))
		return 0;
	temp_name(temp, temps, it->e->path_id);
	if (fresh && above->work)
		n = asprintf(&it->work, "%s%s", above->work, slash);
	else if (!fresh && (it->act != COMMIT_NEW_FOLDER || it->now.exists))
		n = asprintf(&it->work, "%.*s/%s", (int)(slash - it->e->path), it->e->path, temp);
	return n < 0 ? -ENOMEM : 0;
}

int commit_plan_place(struct commit_plan *p, int64_t commit_id)
{
	struct temps temps = { commit_id, db_int(p->db, Q_RUN_STARTED, 0, "i", commit_id) };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < p->all.count; i++)
		r = place(p, &p->items[i], &temps);
	return r;
}
