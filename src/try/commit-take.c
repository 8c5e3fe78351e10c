/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "try/commit-take.h"

#include <errno.h>
#include <string.h>

/* Verify. */

static bool is_content(const struct side *made, const struct side *want)
{
	return !made->has_hash || !want->has_hash ||
		!memcmp(made->hash, want->hash, SHA256_LEN);
}

static bool is_made(const struct entry *made, const struct commit_item *it)
{
	const struct inode *is = &made->after.i, *want = &it->e->after.i;

	if (!is->exists || !want->exists)
		return is->exists == want->exists;
	if (is->mode != want->mode || is->uid != want->uid || is->gid != want->gid)
		return false;
	return S_ISDIR(is->mode) || ((!S_ISREG(is->mode) || is->size == want->size) &&
		is->mtime_ns == want->mtime_ns && is_content(&made->after, &it->e->after));
}

int commit_verify(const struct commit_plan *p, const struct run *commit, struct words *words)
{
	struct entries made;
	size_t i;
	int r = entries_load(&made, commit->db, commit->id);

	if (r < 0)
		return r;
	for (i = 0; r == 0 && i < made.count; i++) {
		const char *path = made.e[i].path;
		const struct commit_item *it = commit_plan_find(p, path, strlen(path));

		if (it && !is_made(&made.e[i], it))
			r = words_set(words, -EUCLEAN,
				"%s came out as another than the command had left it", path);
	}
	entries_release(&made);
	return r;
}

/* Take. */

/* By force: it was gone already, and so no run took it away. */
static bool was_gone(const struct commit_item *it)
{
	return it->act == COMMIT_NOTHING && it->e->before.i.exists;
}

static int give_up(const struct commit_plan *p, struct db *db, int64_t run_id)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < p->all.count; i++)
		if (p->items[i].given_up || was_gone(&p->items[i]))
			r = db_run(db, Q_COMMIT_GIVE_UP, "ii", run_id, p->all.e[i].path_id);
	return r;
}

/* In this order: what is done to the entries asks for the scene. */
static int take_run(struct db *db, int64_t run_id, int64_t commit_id)
{
	static const enum query all[] = { Q_COMMIT_BEFORES, Q_COMMIT_AFTERS,
		Q_COMMIT_CHANGES, Q_COMMIT_ORIGINALS };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < ARRAY_SIZE(all); i++)
		r = db_run(db, all[i], "ii", run_id, commit_id);
	return r;
}

/* It is all of the runs by now. */
static int drop_rows(struct db *db, int64_t commit_id)
{
	int r = db_run(db, Q_FORGET_ENTRIES, "i", commit_id);

	if (r == 0)
		r = db_run(db, Q_FORGET_ALIASES, "i", commit_id);
	return r < 0 ? r : db_run(db, Q_FORGET_ORIGINALS, "i", commit_id);
}

int commit_take(const struct commit_plan *p, struct run *commit)
{
	size_t i;
	int r = run_begin(commit);

	for (i = 0; r == 0 && i < p->run_count; i++)
		r = give_up(p, commit->db, p->runs[i]);
	if (r == 0 && p->run_count > 1)
		r = db_run(commit->db, Q_COMMIT_FILES, "ii", p->runs[0], commit->id);
	for (i = 0; r == 0 && i < p->run_count; i++)
		r = take_run(commit->db, p->runs[i], commit->id);
	for (i = 0; r == 0 && i < p->run_count; i++)
		r = run_committed(commit->db, p->runs[i], commit->id);
	return r < 0 ? r : drop_rows(commit->db, commit->id);
}
