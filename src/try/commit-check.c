/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "try/commit-check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "base/indexes.h"
#include "base/mix.h"
#include "undo/look.h"
#include "undo/remove.h"

/* What stands there now. */

/*
 * Nobody can set a ctime. What the scene showed of one may be of the copy that it had made of the
 * file; then it is enough that nobody was at the file since the scene began.
 */
static bool is_untouched(const struct commit_plan *p, const struct inode *now,
	const struct inode *before)
{
	bool same = now->ctime_ns == before->ctime_ns ||
		(before->ctime_ns >= p->started_ns && now->ctime_ns < p->started_ns);

	return before->ctime_ns && same && now->mtime_ns == before->mtime_ns &&
		now->size == before->size && now->mode == before->mode;
}

/* All else can be set back to what it was: what is lost has to be compared by its content. */
static bool is_unsure(const struct commit_plan *p, const struct commit_item *it)
{
	const struct commit_item *lead = commit_plan_lead(p, it);

	if (lead && !lead->writes)
		return false;
	return S_ISLNK(it->now.mode) ? !it->e->before.target :
		S_ISREG(it->now.mode) && it->now.size && !it->e->before.has_hash;
}

static unsigned int differs(struct commit_plan *p, const struct commit_item *it,
	const struct side *want, unsigned int mask)
{
	const char *name;
	int dir;

	if (parents_open(&p->real, it->e->path, &dir, &name) < 0)
		return BA_DIFFERS_UNREADABLE;
	return look_differs(dir, name, &it->now, want, mask);
}

/* Two that made the same folder are of one mind. */
static bool is_same_folder(struct commit_plan *p, const struct commit_item *it)
{
	return S_ISDIR(it->now.mode) && it->want.i.exists && S_ISDIR(it->want.i.mode) &&
		!differs(p, it, &it->want, DIFFERS_OWNER);
}

static void check_found(struct commit_plan *p, struct commit_item *it)
{
	const struct entry *e = it->e;

	if (!e->before.i.exists) {
		if (it->now.exists && !is_same_folder(p, it))
			commit_refuse(it, false, "something stands there since");
	} else if (!it->now.exists) {
		commit_refuse(it, false, "removed since");
	} else if (e->late || is_untouched(p, &it->now, &e->before.i)) {
		return;
	} else if (differs(p, it, &e->before, DIFFERS_ALL)) {
		commit_refuse(it, false, "changed since");
	} else if (!p->was_back && is_unsure(p, it)) {
		commit_refuse(it, false,
			"changed since, perhaps: nothing was kept of it to compare it with");
	}
}

static bool goes(const void *data, const char *path, size_t len)
{
	const struct commit_item *it = commit_plan_find(data, path, len);

	return it && !it->e->after.i.exists && !it->given_up;
}

/* Nobody knows what somebody has put into a folder that goes: it is not this one's to take. */
static void check_emptied(struct commit_plan *p, struct commit_item *it)
{
	if (it->now.exists && S_ISDIR(it->now.mode) &&
		!(it->e->after.i.exists && S_ISDIR(it->e->after.i.mode)) &&
		remove_leaves(&p->real, it->e->path, goes, p))
		commit_refuse(it, true, "something came into the folder since, and it has to go");
}

static void check_later(struct commit_plan *p, struct commit_item *it)
{
	int64_t later = db_int(p->db, Q_LATER_OWNER, 0, "ii", it->e->path_id, p->runs[0]);

	if (later && !index_of(it->e->path))
		commit_refuse(it, true, "run %lld changed it since: roll that one back first",
			(long long)later);
}

/* Which names are of one file. */

struct joined {
	struct u64map inodes;  /* a file's number -> 1 + the first item that it stands at */
	struct u64map numbers; /* an inode -> the same */
};

/*
 * By the numbers each file is written, kept and given back once, through any of its names. Where
 * others have parted or joined them since that would be another file's loss: it cannot be forced.
 */
static int check_joined(struct commit_plan *p, struct joined *j, struct commit_item *it)
{
	const struct commit_item *file, *inode = it;

	if (!it->now.exists || it->given_up)
		return 0;
	file = commit_plan_first(p, &j->inodes, mix64(it->e->before_file), it);
	if (!S_ISDIR(it->now.mode))
		inode = commit_plan_first(p, &j->numbers, inode_place(&it->now), it);
	if (!file || !inode)
		return -ENOMEM;
	if (inode_place(&file->now) != inode_place(&it->now))
		commit_refuse(it, true, "it is no name of the same file as %s any more",
			file->e->path);
	else if (inode->e->before_file != it->e->before_file)
		commit_refuse(it, true, "it is a name of the same file as %s now", inode->e->path);
	return 0;
}

static int check_names(struct commit_plan *p)
{
	struct joined j = { .inodes = { 0 } };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < p->all.count; i++)
		r = check_joined(p, &j, &p->items[i]);
	u64map_release(&j.inodes);
	u64map_release(&j.numbers);
	return r;
}

int commit_check(struct commit_plan *p)
{
	size_t i;
	int r;

	for (i = 0; i < p->all.count; i++) {
		struct commit_item *it = &p->items[i];

		if (it->given_up || (it->act == COMMIT_NOTHING && !it->e->before.i.exists))
			continue;
		if (it->e->hidden)
			commit_refuse(it, true,
				"the command mounted or unmounted a file system there");
		check_found(p, it);
		check_emptied(p, it);
		check_later(p, it);
	}
	r = check_names(p);
	return r < 0 ? r : db_unread(p->db);
}

/* What is chosen. */

static bool is_chosen(const char *const *only, const char *path)
{
	for (; *only; only++)
		if (glob_matches(*only, path))
			return true;
	return false;
}

static int torn(const struct commit_item *chosen, const struct commit_item *other,
	const char *what, struct words *words)
{
	return words_set(words, -EINVAL,
		"--only takes %s, and not %s: %s. Choose both, or none",
		chosen->e->path, other->e->path, what);
}

/* Nothing can be in a new folder that is not made. What goes with one is chosen by its name. */
static int check_folder(const struct commit_plan *p, const struct commit_item *it,
	struct words *words)
{
	const struct entry *above = entries_above(&p->all, it->e->path);
	const struct commit_item *folder = above ? &p->items[above - p->all.e] : NULL;

	return folder && folder->given_up && !it->given_up && it->e->after.i.exists &&
			!(above->before.i.exists && S_ISDIR(above->before.i.mode)) ?
		torn(it, folder, "that is the new folder it is in", words) :
		0;
}

static int see_file(const struct commit_plan *p, struct u64map *seen, const struct inode *i,
	uint32_t file, const struct commit_item *it, struct words *words)
{
	const struct commit_item *first;

	if (!file || !i->exists || S_ISDIR(i->mode) || it->e->as_needed)
		return 0;
	first = commit_plan_first(p, seen, mix64(file), it);
	if (!first)
		return words_set(words, -ENOMEM, "out of memory");
	return first->given_up == it->given_up ? 0 :
		torn(it->given_up ? first : it, it->given_up ? it : first,
			"they are, or were, names of one file", words);
}

static int check_torn(const struct commit_plan *p, struct words *words)
{
	struct u64map seen = { 0 };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < p->all.count; i++) {
		const struct commit_item *it = &p->items[i];

		r = check_folder(p, it, words);
		if (r == 0)
			r = see_file(p, &seen, &it->e->after.i, it->e->file, it, words);
		if (r == 0)
			r = see_file(p, &seen, &it->e->before.i, it->e->before_file, it,
				words);
	}
	u64map_release(&seen);
	return r;
}

int commit_choose(struct commit_plan *p, const char *const *only, struct words *words)
{
	bool any = false;
	size_t i;

	if (!only)
		return 0;
	for (i = 0; i < p->all.count; i++) {
		struct commit_item *it = &p->items[i];
		bool chosen = is_chosen(only, it->e->path);

		it->given_up = !it->e->as_needed && !chosen;
		any |= !it->e->as_needed && chosen;
	}
	/* All of it would be given up, for a slip of the finger. */
	if (!any)
		return words_set(words, -EINVAL,
			"nothing that was changed matches --only: it takes whole paths, or names "
			"without a slash (commit -n says what there is)");
	while (p->folder_count)
		free(p->folders[--p->folder_count].path);
	u64map_release(&p->folders_seen);
	return check_torn(p, words);
}
