/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/indexes.h"
#include "base/mix.h"
#include "store/devices.h"
#include "undo/foreign.h"
#include "undo/journal.h"
#include "undo/life.h"
#include "undo/look.h"
#include "undo/missing.h"
#include "undo/remake.h"

void plan_refuse(struct plan_item *it, const char *fmt, ...)
{
	va_list ap;

	free(it->reason);
	va_start(ap, fmt);
	if (vasprintf(&it->reason, fmt, ap) < 0)
		it->reason = NULL;
	va_end(ap);
	it->state = STATE_REFUSED;
}

static bool has_inode_of(const struct inode *now, const struct inode *b)
{
	return now->exists && b->exists && now->dev == b->dev && now->ino == b->ino &&
		(now->mode & S_IFMT) == (b->mode & S_IFMT);
}

bool plan_same_inode(const struct plan_item *it)
{
	/* A number alone is not enough: what is removed and made anew often gets it again. */
	return has_inode_of(&it->now, &it->e->before.i) &&
		(it->state == STATE_BEFORE || it->e->file == it->e->before_file);
}

static struct plan_item *item_at(const struct plan *p, const struct u64map *map, uint32_t file)
{
	const uint32_t *at = file ? u64map_get(map, mix64(file)) : NULL;

	return at ? &p->items[*at - 1] : NULL;
}

/*
 * What a run only carried elsewhere it did not keep; but who changed it there later had to. Of an
 * install life.c knows that.
 */
static int borrow_later_found(const struct plan *p, const struct plan_item *it)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	struct entry *e = it->e;
	const struct plan_item *from = item_at(p, &p->carried, e->before_file);
	const struct inode *b = &e->before.i;
	int r;

	if (p->install || !from || from == it || !S_ISREG(b->mode) || e->before.has_hash ||
		e->keep != KEEP_NONE)
		return 0;
	r = db_rows(&rows, p->db, Q_LATER_FOUND, "iiiii", from->e->path_id, p->run_id,
		(int64_t)b->ino, (int64_t)b->size, b->mtime_ns);
	if (r == 0 && (r = rows_next(&rows)) > 0) {
		memcpy(e->before.hash, rows_blob(&rows, 0), SHA256_LEN);
		e->before.has_hash = true;
		e->keep = KEEP_WHOLE;
	}
	return r < 0 ? r : 0;
}

/* Is it as before? Without a digest of the original only the same inode, untouched, counts. */
static bool is_before(const struct plan_item *it, int dir, const char *name)
{
	const struct side *b = &it->e->before;

	/* Its content is read when nothing cheaper tells. */
	if (look_differs(dir, name, &it->now, b, DIFFERS_ALL & ~(unsigned int)BA_DIFFERS_CONTENT) ||
		look_differs(dir, name, &it->now, b, BA_DIFFERS_CONTENT))
		return false;
	/* What went with its folder is known by its inode alone: another may have another text. */
	if (S_ISLNK(b->i.mode) && !b->target)
		return has_inode_of(&it->now, &b->i);
	if (S_ISREG(b->i.mode) && b->i.size && !b->has_hash)
		return has_inode_of(&it->now, &b->i) &&
			(it->e->content_changed != 1 || it->e->after.i.ino != b->i.ino);
	return !it->e->late;
}

static bool is_after(const struct plan_item *it, int dir, const char *name)
{
	const struct entry *e = it->e;
	unsigned int mask =
		e->change == CHANGE_CREATED ? DIFFERS_WHAT : DIFFERS_WHAT | DIFFERS_OWNER;

	return !look_differs(dir, name, &it->now, &e->after, mask);
}

/*
 * A rollback that was interrupted may have put it there: with its old time,
 * which comes before its name. A power cut may have taken the content.
 */
static bool is_half_done(const struct plan *p, const struct plan_item *it, int dir,
	const char *name)
{
	const struct side *b = &it->e->before;

	if (it->e->begun &&
		(plan_same_inode(it) || (it->e->begun == BEGUN_GONE && !it->now.exists)))
		return true;
	if (!p->resumed || !b->i.exists)
		return false;
	if (!it->now.exists)
		return true;
	if ((it->now.mode & S_IFMT) != (b->i.mode & S_IFMT))
		return false;
	return S_ISDIR(b->i.mode) || it->now.mtime_ns == b->i.mtime_ns ||
		!look_differs(dir, name, &it->now, b, DIFFERS_WHAT);
}

/*
 * Another file that was moved, or linked, to here, though it be like the one that it came over:
 * it has to go home.
 */
static bool is_carried_here(const struct plan *p, const struct plan_item *it)
{
	const struct plan_item *home = plan_home(p, it->e->file);

	return home && home != it && it->e->file != it->e->before_file &&
		has_inode_of(&it->now, &it->e->after.i);
}

/* Reading is dear: a later question is asked only where the ones before it leave something open. */
static void look_there(const struct plan *p, const struct plan_item *it, int dir, const char *name,
	struct situation *s)
{
	/* What a later run changed is that run's, in whatever order they are taken back. */
	s->later = p->force || p->install || it->e->as_needed ?
		0 :
		db_int(p->db, Q_LATER_OWNER, 0, "ii", it->e->path_id, p->run_id);
	if (s->later || (!s->is && s->change == CHANGE_CREATED))
		return;
	if (s->was && s->is && !has_inode_of(&it->now, &it->e->before.i))
		IGNORE(borrow_later_found(p, it)); /* db_unread() knows */
	s->as_before = s->was && s->is && !is_carried_here(p, it) && is_before(it, dir, name);
	s->as_left = !s->as_before && is_after(it, dir, name);
	s->half_done = !s->as_before && !s->as_left && is_half_done(p, it, dir, name);
}

/* A folder among those above is none now. */
static void look_above(const struct plan *p, const struct plan_item *it, struct situation *s)
{
	const struct entry *above = entries_above(&p->all, it->e->path);
	const struct plan_item *folder = above ? &p->items[above - p->all.e] : NULL;

	s->above_was = above && above->before.i.exists;
	s->above_is_back = s->above_was && folder->state <= STATE_OURS && folder->now.exists &&
		(above->before.i.mode & S_IFMT) == (folder->now.mode & S_IFMT);
}

static struct situation situation_of(struct plan *p, struct plan_item *it)
{
	const struct entry *e = it->e;
	struct situation s = { .change = e->change,
		.excluded = e->excluded,
		.was = e->before.i.exists,
		.hidden = e->hidden,
		.force = p->force };
	const char *name = NULL;
	int dir = -1, r = parents_open(&p->parents, e->path, &dir, &name);

	if (r == 0)
		r = inode_stat(&it->now, dir, name, AT_SYMLINK_NOFOLLOW);
	s.error = r;
	s.is = it->now.exists;
	s.index = S_ISREG(it->now.mode) && index_of(e->path);
	s.folder_in_way = S_ISDIR(it->now.mode) && !S_ISDIR(e->after.i.mode);
	if (r == -ELOOP)
		look_above(p, it, &s);
	else if (r == 0 || r == -ENOENT)
		look_there(p, it, dir, name, &s);
	return s;
}

/* Its folder is not there, and is none of those that are made again. */
static bool lacks_folder(const struct plan *p, const struct plan_item *it)
{
	const char *path = it->e->path;
	size_t n = (size_t)(strrchr(path, '/') - path);
	const struct entry *folder = n ? entries_find(&p->all, path, n) : NULL;
	const struct plan_item *above = folder ? &p->items[folder - p->all.e] : NULL;

	return n && !(above && above->state == STATE_OURS && folder->before.i.exists);
}

/* Its install was taken out since: what the run found there came back by that, or went, too. */
static bool was_undone_for_good(const struct plan *p, const struct plan_item *it)
{
	return !p->install && !p->force &&
		db_int(p->db, Q_UNDONE_FOR_GOOD, 0, "ii", it->e->path_id, p->run_id);
}

static bool is_what_was_left(const struct plan_item *it)
{
	return has_inode_of(&it->now, &it->e->after.i) || it->e->begun != BEGUN_NOT;
}

static void refuse_place(const struct plan *p, struct plan_item *it, int64_t later,
	const char *reason)
{
	int64_t other = db_int(p->db, Q_MEANWHILE, 0, "iiiii", it->e->path_id, p->run_id, later,
		(int64_t)it->now.size, it->now.mtime_ns);

	if (other)
		plan_refuse(it,
			"run %lld changed it at the same time: --force takes both back, the "
			"newer one first",
			(long long)other);
	else if (later)
		plan_refuse(it, "run %lld changed it since: roll that one back first",
			(long long)later);
	else
		plan_refuse(it, "%s", reason);
}

static void judge(struct plan *p, struct plan_item *it)
{
	struct situation s = situation_of(p, it);
	struct judgement v = judgement_of(&s);

	it->for_good = was_undone_for_good(p, it);
	if ((it->e->as_needed && s.is && it->e->begun == BEGUN_NOT) || it->for_good ||
		(it->e->of_others && !is_what_was_left(it)))
		v.state = STATE_LEAVE;
	it->state = v.state;
	it->lends = v.lends;
	if (v.state == STATE_REFUSED)
		refuse_place(p, it, s.later, v.reason);
	else if (v.state == STATE_OURS && s.was && s.error == -ENOENT && lacks_folder(p, it))
		plan_refuse(it, "the folder that it was in is gone");
}

static int index_item(struct u64map *map, uint32_t file, size_t i)
{
	bool added;
	uint32_t *at = file ? u64map_put(map, mix64(file), &added) : NULL;

	if (file && !at)
		return -ENOMEM;
	if (at)
		*at = (uint32_t)i + 1;
	return 0;
}

/* The file that stood at `it` is at `from` now, and has its content still. */
static bool carries(const struct plan_item *from, const struct plan_item *it)
{
	const struct side *b = &it->e->before, *a = &from->e->after;

	if (from == it || (from->state != STATE_OURS && !from->lends) || S_ISDIR(b->i.mode) ||
		(a->i.mode & S_IFMT) != (b->i.mode & S_IFMT) || from->now.ino != a->i.ino)
		return false;
	if (!S_ISREG(b->i.mode))
		return true;
	/* Whoever had to keep its content, and could not, feared for it. */
	if (!b->has_hash)
		return it->e->keep == KEEP_NONE ||
			(a->i.size == b->i.size && a->i.mtime_ns == b->i.mtime_ns);
	return a->has_hash && !memcmp(a->hash, b->hash, SHA256_LEN);
}

/* Did a rollback that was interrupted give the file its temporary name beside `beside` already? */
static bool has_temp(struct plan *p, struct plan_item *it, const struct plan_item *from,
	const struct plan_item *beside)
{
	struct inode temp;
	char name[TEMP_MAX];
	const char *last;
	int dir;

	temp_name(name, p->run_id, it->e->path_id);
	if (parents_open(&p->parents, beside->e->path, &dir, &last) < 0 ||
		inode_stat(&temp, dir, name, AT_SYMLINK_NOFOLLOW) < 0 ||
		!has_inode_of(&temp, &it->e->before.i))
		return false;
	it->temp = temp;
	/* It may also be half of a new file, under a number that came round again. */
	return !look_differs(dir, name, &temp, &from->e->after, DIFFERS_WHAT) ||
		!look_differs(dir, name, &temp, &it->e->before, DIFFERS_ALL);
}

/* Whole, that is: each is read once. */
static bool has_object(struct plan *p, const struct side *b)
{
	bool added;
	uint32_t *known = u64map_put(&p->objects_seen, mix_bytes(b->hash, SHA256_LEN), &added);

	if (!known)
		return object_whole(p->objects, b);
	if (added)
		*known = object_whole(p->objects, b) ? 1 : 2;
	return *known == 1;
}

/* What a run left as it was it kept no content of; another that took it later did. */
static bool may_be_kept(const struct holdings *h)
{
	const struct entry *e = h->e;

	return e->keep == KEEP_WHOLE || (e->keep == KEEP_NONE && e->content_changed == 0 &&
					e->before.has_hash && !h->same_inode);
}

/* With what can it be put back? */
static void find_means(struct plan *p, struct plan_item *it)
{
	const struct entry *e = it->e;
	const struct side *b = &e->before;
	struct plan_item *from = item_at(p, &p->carried, e->before_file);
	struct holdings h = { .e = e, .same_inode = plan_same_inode(it) };
	struct means m;

	if (it->state == STATE_BEFORE)
		it->secured = true;
	if (it->state == STATE_OURS && !p->force && !h.same_inode && !plan_home(p, e->file) &&
		foreign_is(p->db, plan_subject(p), e, &it->now,
			e->since_ns ? e->since_ns : p->started_ns))
		plan_refuse(it,
			"what stands there was there before the run, under "
			"a name that is not on record");
	if ((it->state != STATE_OURS && it->state != STATE_REFUSED) || !b->i.exists)
		return;
	h.carried = from && carries(from, it);
	if (!h.carried && !h.same_inode && it->state == STATE_OURS)
		IGNORE(borrow_later_found(p, it)); /* the same */
	h.object = S_ISREG(b->i.mode) && b->i.size && may_be_kept(&h) && has_object(p, b);
	if (p->resumed && !S_ISDIR(b->i.mode) && from && from != it) {
		it->staged = has_temp(p, it, from, it);
		it->parked = !it->staged && has_temp(p, it, from, from) ? from : NULL;
	}
	h.temp = it->staged || it->parked;
	m = means_of(&h);
	it->secured = m.secured;
	if (it->state != STATE_OURS)
		return;
	it->content_same = m.content_same;
	it->source = m.fetch ? from : NULL;
	if (m.lacks)
		plan_refuse(it, "%s", m.lacks);
}

/*
 * What the run has only moved has the attributes that it had:
 * they are on record where it stands now.
 */
static int borrow_attributes(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->all.count; i++) {
		struct side *b = &p->all.e[i].before;
		const struct plan_item *from = item_at(p, &p->carried, p->all.e[i].before_file);

		if (!b->i.exists || b->has_xattrs || !from || !from->e->after.has_xattrs)
			continue;
		buf_add(&b->xattrs, from->e->after.xattrs.data, from->e->after.xattrs.len);
		if (b->xattrs.failed)
			return -ENOMEM;
		b->has_xattrs = true;
	}
	return 0;
}

/* Of what has its old content there need be no digest but that of what it was left as. */
static void borrow_digests(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->all.count; i++) {
		struct entry *e = &p->all.e[i];

		if (e->before.has_hash || !e->after.has_hash || e->content_changed != 0 ||
			!S_ISREG(e->before.i.mode) || !S_ISREG(e->after.i.mode))
			continue;
		memcpy(e->before.hash, e->after.hash, SHA256_LEN);
		e->before.has_hash = true;
	}
}

/* Of the names of one file the one that is furthest counts. */
static bool begins_more(const struct plan *p, const struct u64map *begun, const struct entry *e)
{
	const struct plan_item *other = item_at(p, begun, e->before_file);

	return !other || other->e->begun < e->begun;
}

/* Of what a run left as it was there may be no digest; but who changed it later took one. */
static int borrow_later_digest(struct plan *p, struct entry *e)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r;

	if (e->content_changed != 0 || e->before.has_hash || e->after.has_hash ||
		!S_ISREG(e->before.i.mode) || !S_ISREG(e->after.i.mode))
		return 0;
	r = db_rows(&rows, p->db, Q_LATER_CONTENT, "ii", e->path_id, p->run_id);
	if (r == 0 && (r = rows_next(&rows)) > 0) {
		memcpy(e->before.hash, rows_blob(&rows, 0), SHA256_LEN);
		memcpy(e->after.hash, e->before.hash, SHA256_LEN);
		e->before.has_hash = e->after.has_hash = true;
	}
	return r < 0 ? r : 0;
}

static int load(struct plan *p, int64_t superseded_by)
{
	int r;

	p->started_ns = db_int(p->db, Q_RUN_STARTED, 0, "i", p->run_id);
	if (p->install)
		return life_load(&p->all, p->db, p->install, p->run_id, superseded_by,
			&p->started_ns);
	r = entries_load(&p->all, p->db, p->run_id);
	return r == 0 ? life_below(&p->all, p->db, p->run_id) : r;
}

int plan_make(struct plan *p, struct db *db, int64_t subject, const struct ba_undo *how,
	bool resumed)
{
	_cleanup_free_ char *folder = NULL;
	struct u64map begun = { 0 };
	size_t i;
	int r;

	*p = (struct plan){ .db = db,
		.run_id = journal_run(db, subject),
		.install = subject < 0 ? subject : 0,
		.force = how->force,
		.resumed = resumed,
		.objects = -1,
		.parents = PARENTS_INIT };
	r = load(p, how->superseded_by);
	if (r == 0)
		r = missing_add(&p->all, db, &p->parents, p->run_id, resumed);
	if (r < 0)
		return r;
	p->items = calloc(p->all.count + 1, sizeof *p->items);
	if (!p->items || asprintf(&folder, "%s.d", db_path(db)) < 0)
		return -ENOMEM;
	p->objects = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	for (i = 0; r == 0 && i < p->all.count; i++) {
		struct entry *e = &p->all.e[i];

		p->items[i].e = e;
		if (e->after.i.exists)
			r = index_item(&p->carried, e->file, i);
		if (r == 0 && e->before.i.exists && (!e->excluded || e->change == CHANGE_REMOVED))
			r = index_item(&p->homes, e->before_file, i);
		if (r == 0 && e->begun && e->begun < BEGUN_GONE && begins_more(p, &begun, e))
			r = index_item(&begun, e->before_file, i);
	}
	/* What is half-written under one name is so under all names of the file. */
	for (i = 0; i < p->all.count; i++) {
		const struct plan_item *other = item_at(p, &begun, p->all.e[i].before_file);

		if (other && other->e->begun > p->all.e[i].begun)
			p->all.e[i].begun = other->e->begun;
	}
	u64map_release(&begun);
	for (i = 0; r == 0 && !p->install && i < p->all.count; i++)
		r = borrow_later_digest(p, &p->all.e[i]);
	borrow_digests(p);
	return r == 0 ? borrow_attributes(p) : r;
}

/* What cannot be looked at tells nothing here, and is refused when it is judged. */
int plan_look(struct plan *p)
{
	struct devices devices = { 0 };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < p->all.count; i++) {
		const struct entry *e = &p->all.e[i];
		struct inode now;

		if (inode_at(&now, &p->parents, e->path) < 0)
			continue;
		r = devices_see(&devices, &e->after.i, &now);
		if (r == 0)
			r = devices_see(&devices, &e->before.i, &now);
	}
	for (i = 0; i < p->all.count; i++) {
		devices_translate(&devices, &p->all.e[i].before.i);
		devices_translate(&devices, &p->all.e[i].after.i);
	}
	devices_release(&devices);
	return r;
}

void plan_release(struct plan *p)
{
	size_t i;

	for (i = 0; p->items && i < p->all.count; i++)
		free(p->items[i].reason);
	free(p->items);
	u64map_release(&p->carried);
	u64map_release(&p->homes);
	u64map_release(&p->objects_seen);
	parents_forget(&p->parents);
	if (p->objects >= 0)
		drop_fd(p->objects);
	entries_release(&p->all);
}

void plan_judge(struct plan *p, size_t i)
{
	judge(p, &p->items[i]);
}

/* A folder that is gone stays so unless something comes back in it, or did in an earlier try. */
static void leave_folders(struct plan *p)
{
	size_t i;

	/* From below: what is in a folder stands behind it. */
	for (i = p->all.count; i-- > 0;) {
		struct plan_item *it = &p->items[i];
		struct entry *above = entries_above(&p->all, it->e->path);

		if (it->e->as_needed && !it->needed && it->e->begun == BEGUN_NOT &&
			it->state == STATE_OURS)
			it->state = it->e->if_empty ? STATE_BEFORE : STATE_LEAVE;
		if (above && it->state == STATE_OURS && it->e->before.i.exists)
			p->items[above - p->all.e].needed = true;
	}
}

/* Where a file stood that cannot go home, and that nobody has kept: NULL, it can. */
static const char *last_copy_of(const struct plan *p, const struct plan_item *it)
{
	const struct plan_item *home = plan_home(p, it->e->file);

	if (it->state != STATE_OURS || !it->now.exists || !it->e->after.i.exists ||
		S_ISDIR(it->e->after.i.mode) || !has_inode_of(&it->now, &it->e->after.i))
		return NULL;
	if (!home)
		return it->e->home;
	return home != it && home->state == STATE_REFUSED && !home->secured &&
			entry_has_left(home->e) ?
		home->e->path :
		NULL;
}

/* What stays for that may stand where another had to come home to: that one stays, too. */
static void keep_last_copies(struct plan *p)
{
	const char *home;
	bool again = !p->force;
	size_t i;

	while (again) {
		again = false;
		for (i = 0; i < p->all.count; i++) {
			struct plan_item *it = &p->items[i];

			home = last_copy_of(p, it);
			if (!home)
				continue;
			plan_refuse(it, "it was there before the run, as %s", home);
			again = true;
		}
	}
}

/* A folder in which something of before is, or comes back, does not go, whoever made it. */
static void spare_folders(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->all.count; i++) {
		const struct plan_item *it = &p->items[i];
		const struct entry *e = it->e;
		bool is_in_it = e->before.i.exists && (it->now.exists || it->state == STATE_OURS);

		while (is_in_it && (e = entries_above(&p->all, e->path)) && e->if_empty &&
			e->change == CHANGE_CREATED)
			p->items[e - p->all.e].state = STATE_SHARED;
	}
}

void plan_find_means(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->all.count; i++)
		find_means(p, &p->items[i]);
	keep_last_copies(p);
	leave_folders(p);
	spare_folders(p);
}

int64_t plan_subject(const struct plan *p)
{
	return p->install ? p->install : p->run_id;
}

struct plan_item *plan_home(const struct plan *p, uint32_t file)
{
	return item_at(p, &p->homes, file);
}
