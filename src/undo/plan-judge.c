/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/plan-judge.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/indexes.h"
#include "store/devices.h"
#include "undo/ahead.h"
#include "undo/look.h"
#include "undo/plan-borrow.h"

/* Its content is read when nothing cheaper tells. */
static bool is_like(const struct plan_item *it, int dir, const char *name, const struct side *s,
	unsigned int mask)
{
	return !look_differs(dir, name, &it->now, s, mask & ~(unsigned int)BA_DIFFERS_CONTENT) &&
		!look_differs(dir, name, &it->now, s, BA_DIFFERS_CONTENT);
}

/* Is it as before? Without a digest of the original only the same inode, untouched, counts. */
static bool is_before(const struct plan_item *it, int dir, const char *name)
{
	const struct side *b = &it->e->before;

	if (!is_like(it, dir, name, b, DIFFERS_ALL))
		return false;
	/* What went with its folder is known by its inode alone: another may have another text. */
	if (S_ISLNK(b->i.mode) && !b->target)
		return plan_has_inode_of(&it->now, &b->i);
	if (S_ISREG(b->i.mode) && b->i.size && !b->has_hash)
		return plan_has_inode_of(&it->now, &b->i) &&
			(it->e->content_changed != 1 || it->e->after.i.ino != b->i.ino);
	return !it->e->late;
}

/*
 * What an install found has been put back by somebody else, its own uninstaller say, as another
 * file, or just now.
 */
static bool is_before_again(const struct plan *p, const struct plan_item *it, int dir,
	const char *name)
{
	const struct side *b = &it->e->before;

	return p->install && S_ISREG(b->i.mode) && b->has_hash && b->i.nlink < 2 && !it->e->late &&
		it->now.nlink < 2 &&
		is_like(it, dir, name, b, DIFFERS_ALL & ~(unsigned int)BA_DIFFERS_TIME);
}

static bool is_after(const struct plan_item *it, int dir, const char *name)
{
	const struct entry *e = it->e;
	/* Attributes that somebody gave what the run made go with it; else they are his. */
	unsigned int mask = e->change == CHANGE_CREATED ? DIFFERS_WHAT :
		DIFFERS_WHAT | DIFFERS_OWNER | BA_DIFFERS_XATTRS;

	return !look_differs(dir, name, &it->now, &e->after, mask);
}

/* The file that the run put in the place of another, whatever its attributes are by now. */
static bool is_other_still(const struct plan_item *it)
{
	return it->e->file != it->e->before_file &&
		plan_has_inode_of(&it->now, &it->e->after.i);
}

/* Another run that had changed that file, under another name of it, was taken back since. */
static bool is_as_put_back(const struct plan *p, const struct plan_item *it)
{
	return S_ISREG(it->now.mode) && is_other_still(it) &&
		db_int(p->db, Q_PUT_BACK, 0, "iiii", (int64_t)it->now.ino, (int64_t)it->now.size,
			it->now.mtime_ns, it->e->found_by ? it->e->found_by : p->run_id);
}

/*
 * Written where it stands by a rollback that was interrupted: then it is the beginning of what was
 * there, or all of it but some attributes. What somebody wrote since is neither; its time tells
 * nothing, since there are builds that give all files one.
 */
static bool is_begun_in_place(const struct plan *p, const struct entry *e, const struct inode *now,
	int dir, const char *name)
{
	if (!S_ISREG(now->mode))
		return true;
	if (e->begun == BEGUN_META || (e->begun == BEGUN_NOT && e->content_changed == 0))
		return now->mtime_ns == e->after.i.mtime_ns ||
			now->mtime_ns == e->before.i.mtime_ns;
	return remake_is_begun(dir, name, now, &e->before, p->objects);
}

/* A name of a file that is written where it stands, under another one. */
static bool is_begun_under_other_name(const struct plan *p, const struct plan_item *it, int dir,
	const char *name)
{
	const struct plan_item *home = plan_home(p, it->e->file);

	return is_other_still(it) && !S_ISDIR(it->e->before.i.mode) && home &&
		is_begun_in_place(p, home->e, &it->now, dir, name);
}

/* A later run had made a folder there, and was taken back; but what is back in it had to stay. */
static bool is_folder_left_for_us(const struct plan *p, const struct plan_item *it)
{
	const struct inode *now = &it->now;

	return !S_ISDIR(it->e->after.i.mode) && S_ISDIR(it->e->before.i.mode) &&
		S_ISDIR(now->mode) &&
		db_int(p->db, Q_MADE_SINCE, 0, "iiiiii", it->e->path_id, p->run_id,
			(int64_t)now->ino, (int64_t)now->mode, (int64_t)now->uid,
			(int64_t)now->gid);
}

/*
 * A rollback that was interrupted may have put it there: with its old time,
 * which comes before its name. A power cut may have taken the content.
 */
static bool is_half_done(const struct plan *p, const struct plan_item *it, int dir,
	const char *name)
{
	const struct side *b = &it->e->before;

	/* One that had failed may have made the folder, and could not give it its attributes. */
	if (it->e->begun && S_ISDIR(b->i.mode) && S_ISDIR(it->now.mode))
		return true;
	if (is_folder_left_for_us(p, it))
		return true;
	if (it->e->begun && plan_same_inode(it))
		return is_begun_in_place(p, it->e, &it->now, dir, name);
	if (it->e->begun && ((it->e->begun == BEGUN_GONE && !it->now.exists) ||
				is_begun_under_other_name(p, it, dir, name)))
		return true;
	if (!p->resumed || !b->i.exists)
		return false;
	if (!it->now.exists)
		return true;
	if ((it->now.mode & S_IFMT) != (b->i.mode & S_IFMT))
		return false;
	return S_ISDIR(b->i.mode) || !look_differs(dir, name, &it->now, b, DIFFERS_WHAT) ||
		(S_ISREG(b->i.mode) && it->now.mtime_ns == b->i.mtime_ns &&
			remake_is_begun(dir, name, &it->now, b, p->objects));
}

/*
 * Another file that was moved, or linked, to here, though it be like the one that it came over:
 * it has to go home. By its number alone it may be one that an undo has made since.
 */
static bool is_carried_here(const struct plan *p, const struct plan_item *it)
{
	const struct plan_item *home = plan_home(p, it->e->file);
	const struct inode *after = &it->e->after.i;

	return home && home != it && it->e->file != it->e->before_file &&
		plan_has_inode_of(&it->now, after) && it->now.size == after->size &&
		it->now.mtime_ns == after->mtime_ns;
}

/* What a later run changed is that run's, in whatever order they are taken back. */
static int64_t later_at(const struct plan *p, const struct plan_item *it, int64_t path_id)
{
	return p->force || p->install || it->e->as_needed ?
		0 :
		db_int(p->db, Q_LATER_OWNER, 0, "ii", path_id, p->run_id);
}

/* By the package of the install that is taken out: so goes what it had put in a file's place. */
static bool was_taken_out(struct plan *p, const struct plan_item *it, const struct situation *s)
{
	return p->install && s->was && !s->is && !s->as_left &&
		packages_took(&p->packages, p->db, p->install, it->e->path_id, it->e->path);
}

/* Reading is dear: a later question is asked only where the ones before it leave something open. */
static void look_there(struct plan *p, const struct plan_item *it, int dir, const char *name,
	struct situation *s)
{
	s->later = later_at(p, it, it->e->path_id);
	if (s->later || (!s->is && s->change == CHANGE_CREATED))
		return;
	if (s->was && s->is && !plan_has_inode_of(&it->now, &it->e->before.i))
		IGNORE(plan_borrow_found(p, it)); /* db_unread() knows */
	s->as_before = s->was && s->is && !is_carried_here(p, it) && is_before(it, dir, name);
	s->as_left = !s->as_before && (is_after(it, dir, name) || is_as_put_back(p, it));
	s->half_done = !s->as_before && !s->as_left && is_half_done(p, it, dir, name);
	s->taken_out = was_taken_out(p, it, s);
	if (s->was && s->is && !s->as_before && !s->as_left && !s->half_done)
		s->as_before = !is_carried_here(p, it) && is_before_again(p, it, dir, name);
}

/* What is no folder among those above path, which is cut there. 0, or -errno: it has gone. */
static int find_in_way(struct plan *p, char *path, struct inode *now)
{
	char *slash;
	int r = -ELOOP;

	while (r == -ELOOP && (slash = strrchr(path, '/')) && slash != path) {
		*slash = '\0';
		r = inode_at(now, &p->parents, path);
	}
	return r;
}

/* Does what stood there before the run stand there again, or half of it? */
static bool is_back(const struct plan *p, const char *path, const struct inode *now)
{
	const struct entry *e = entries_find(&p->all, path, strlen(path));

	return e && e->before.i.exists && p->items[e - p->all.e].state <= STATE_OURS &&
		(e->before.i.mode & S_IFMT) == (now->mode & S_IFMT);
}

/* A folder among those above is none now. */
static void look_above(struct plan *p, const struct plan_item *it, struct situation *s)
{
	_cleanup_free_ char *path = strdup(it->e->path);
	struct inode now = { 0 };
	int r = path ? find_in_way(p, path, &now) : -ENOMEM;

	s->later = later_at(p, it, it->e->path_id);
	/* What cannot be told apart is left alone. */
	s->above_is_link = r < 0 || !now.exists || S_ISDIR(now.mode) || S_ISLNK(now.mode);
	if (r < 0 || !now.exists)
		return;
	if (ahead_of(p->ahead, path, strlen(path)) == AHEAD_BACK) {
		/* The one that came later made it a folder again, without this place in it. */
		s->error = 0;
		s->as_left = !it->e->after.i.exists;
		return;
	}
	s->above_is_back = is_back(p, path, &now);
	s->above_length = strlen(path);
	s->above_later = later_at(p, it, db_int(p->db, Q_PATH_ID, 0, "s", path));
}

/*
 * Its install was taken out since: what the run found there came back by that, or went, too. Of
 * several runs the older one has been rolled back there, and nobody does it again.
 */
static bool was_undone_for_good(const struct plan *p, const struct plan_item *it)
{
	return !p->install && (!p->force || p->ahead) &&
		db_int(p->db, Q_UNDONE_FOR_GOOD, 0, "ii", it->e->path_id, p->run_id);
}

static bool is_what_was_left(const struct plan_item *it, const struct situation *s)
{
	return plan_has_inode_of(&it->now, &it->e->after.i) || it->e->begun != BEGUN_NOT ||
		(it->e->put_back && s->as_left);
}

static struct situation situation_of(struct plan *p, struct plan_item *it)
{
	const struct entry *e = it->e;
	struct situation s = { .change = e->change,
		.excluded = e->excluded,
		.left = entry_has_left(e),
		.was = e->before.i.exists,
		.hidden = e->hidden,
		.force = p->force,
		.as_needed = e->as_needed,
		.begun = e->begun != BEGUN_NOT,
		.of_others = e->of_others };
	const char *name = NULL;
	int dir = -1, r;

	if (ahead_is_left(p->ahead, e)) {
		it->now = e->after.i;
		s.is = it->now.exists;
		s.as_left = true;
		return s;
	}
	r = parents_open(&p->parents, e->path, &dir, &name);
	if (r == 0)
		r = inode_stat(&it->now, dir, name, AT_SYMLINK_NOFOLLOW);
	s.error = r;
	s.is = it->now.exists;
	s.index = S_ISREG(it->now.mode) && index_of(e->path);
	s.folder_in_way = S_ISDIR(it->now.mode) && !S_ISDIR(e->after.i.mode);
	s.lacks_folder = (r == -ENOENT || r == -ELOOP) && plan_lacks_folder(p, it);
	s.for_good = was_undone_for_good(p, it);
	if (r == -ELOOP)
		look_above(p, it, &s);
	else if (r == 0 || r == -ENOENT)
		look_there(p, it, dir, name, &s);
	s.is_what_was_left = is_what_was_left(it, &s);
	return s;
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

	it->as_left = s.as_left;
	it->unseen = s.error < 0 && s.error != -ENOENT;
	it->blocked = s.error == -ELOOP;
	it->later = v.state == STATE_REFUSED ? s.later : 0;
	it->for_good = s.for_good;
	it->state = v.state;
	it->lends = v.lends;
	if (v.state == STATE_REFUSED && v.whoever)
		plan_refuse(it, "%s", v.reason);
	else if (v.state == STATE_REFUSED && s.above_later && !s.later)
		plan_refuse(it, "run %lld changed %.*s since: roll that one back first",
			(long long)s.above_later, (int)s.above_length, it->e->path);
	else if (v.state == STATE_REFUSED)
		refuse_place(p, it, s.later, v.reason);
}

static int see_temp(struct plan *p, struct devices *devices, const struct entry *e,
	const struct entry *beside)
{
	char name[TEMP_MAX];
	struct inode now;
	int dir;

	return plan_see_temp(p, e, beside, name, &dir, &now) ?
		devices_see(devices, &e->before.i, &now) :
		0;
}

/* Which file system is which may show in nothing but what an interrupted rollback had begun. */
static int see_temps(struct plan *p, struct devices *devices, const struct entry *e)
{
	const struct plan_item *from = plan_item_at(p, &p->carried, e->before_file);
	int r;

	if (!p->resumed || !from)
		return 0;
	r = see_temp(p, devices, e, e);
	return r < 0 ? r : see_temp(p, devices, e, from->e);
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

		r = see_temps(p, &devices, e);
		if (r < 0 || inode_at(&now, &p->parents, e->path) < 0)
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

void plan_judge(struct plan *p, size_t i)
{
	judge(p, &p->items[i]);
}
