/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Uninstall: what the run created goes, and nothing else. Two walks: what
 * stays, and why; then the rest is taken out, what is in a folder before it.
 */
#include "undo/uninstall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/durable.h"
#include "base/mix.h"
#include "base/owners.h"
#include "base/u64map.h"
#include "undo/journal.h"
#include "undo/look.h"
#include "undo/remove.h"
#include "undo/teller.h"

enum fate { FATE_GO, FATE_STAY, FATE_GONE };

struct uninstall {
	struct db *db;
	int64_t run_id;
	struct teller teller;
	int64_t started_ns;
	struct entries all;
	struct owners *owners;
	struct parents parents;
	struct journal journal;
	struct u64map before; /* a file's number -> 1 + the entry where it stood before the run */
	struct durable_set touched;
	int error; /* the first failure to record what was done */
};

static void tell(struct uninstall *u, const struct entry *e, enum ba_did did, const char *reason)
{
	teller_step(&u->teller, e->path, type_name(e->after.i.mode), did, reason);
}

/* The reasons that hold whatever stands there; "" none. */
static void recorded_reason(struct uninstall *u, const struct entry *e, struct buf *why)
{
	const uint32_t *from = e->file ? u64map_get(&u->before, mix64(e->file)) : NULL;
	const char *package = owners_of(u->owners, e->path);
	int64_t later = db_int(u->db, Q_LATER_WRITER, 0, "ii", e->path_id, u->run_id);

	const struct entry *home = from ? &u->all.e[*from - 1] : NULL;

	/* Carried here from elsewhere; a second name of what is still there is no loss. */
	if (home && !S_ISDIR(e->after.i.mode) && !(home->after.i.exists && home->file == e->file))
		buf_addf(why, "it was there before the run, as %s", home->path);
	else if (later && !S_ISDIR(e->after.i.mode))
		buf_addf(why, "run %lld wrote it, too", (long long)later);
	else if (package)
		buf_addf(why, "it belongs to the package %s", package);
}

static const char *changed_reason(unsigned int differs)
{
	if (differs & BA_DIFFERS_TYPE)
		return "it is something else since";
	if (differs & BA_DIFFERS_UNREADABLE)
		return "it cannot be read, so nobody knows whether it changed";
	return "changed since";
}

static enum fate fate_of(struct uninstall *u, const struct entry *e, struct inode *now,
	struct buf *why)
{
	unsigned int differs;
	const char *name;
	int dir, r = parents_open(&u->parents, e->path, &dir, &name);

	if (r == 0)
		r = inode_stat(now, dir, name, AT_SYMLINK_NOFOLLOW);
	if (r == -ENOENT || (r == 0 && !now->exists))
		return FATE_GONE;
	if (r < 0) {
		buf_adds(why, remove_reason(r));
		return FATE_STAY;
	}
	recorded_reason(u, e, why);
	if (why->len)
		return FATE_STAY;
	differs = look_differs(dir, name, now, &e->after, DIFFERS_WHAT);
	if (entry_is_foreign(e, now, u->started_ns) && !u->teller.how->force) {
		buf_adds(why, "it was there before the run, under a name that is not on record");
		return FATE_STAY;
	}
	/*
	 * Force takes what was edited, but no folder where a file
	 * was, and no file where a folder was.
	 */
	if (!differs || (u->teller.how->force && (S_ISDIR(now->mode) == S_ISDIR(e->after.i.mode))))
		return FATE_GO;
	buf_adds(why, changed_reason(differs));
	return FATE_STAY;
}

static void take_out(struct uninstall *u, const struct entry *e, const struct inode *now)
{
	static const struct side nothing;
	const char *name;
	int dir, r;

	if (u->teller.how->dry) {
		tell(u, e, BA_REMOVE, "");
		return;
	}
	r = parents_open(&u->parents, e->path, &dir, &name);
	if (r == 0)
		r = durable_add(&u->touched, dir);
	if (r == 0)
		r = remove_entry(&u->parents, e->path, now);
	if (r == -ENOENT) {
		tell(u, e, BA_NOTHING, "");
	} else if (r == -ENOTEMPTY || r == -EEXIST || r == -EBUSY || r == -ESTALE || r == -ELOOP) {
		tell(u, e, BA_KEEP, remove_reason(r));
	} else if (r < 0) {
		tell(u, e, BA_FAIL, remove_reason(r));
	} else {
		r = journal_step(&u->journal, e, "removed", &e->after, &nothing);
		u->error = u->error ? u->error : r;
		tell(u, e, BA_REMOVE, "");
	}
}

static bool is_ours(struct uninstall *u, const struct entry *e)
{
	if (e->change != CHANGE_CREATED || e->excluded)
		return false;
	return !u->teller.how->superseded_by ||
		!db_int(u->db, Q_TOUCHED_BY, 0, "ii", e->path_id, u->teller.how->superseded_by);
}

/* In a dry run a folder that keeps something is known only by what stays in it. */
static void keep_folders(const struct entries *all, unsigned char *stays, const struct entry *e)
{
	while ((e = entries_above(all, e->path)) && !stays[e - all->e])
		stays[e - all->e] = 1;
}

static void walk(struct uninstall *u, bool folders, unsigned char *stays)
{
	_cleanup_buf_ struct buf why = BUF_INIT;
	size_t i;

	for (i = u->all.count; i-- > 0;) {
		const struct entry *e = &u->all.e[i];
		struct inode now = { 0 };
		enum fate fate;

		if (!is_ours(u, e) || !!S_ISDIR(e->after.i.mode) != folders)
			continue;
		teller_progress(&u->teller);
		buf_reset(&why);
		fate = fate_of(u, e, &now, &why);
		if (fate == FATE_GO && u->teller.how->dry && stays[i]) {
			fate = FATE_STAY;
			buf_adds(&why, "not empty");
		}
		if (fate == FATE_GONE) {
			tell(u, e, BA_NOTHING, "");
		} else if (fate == FATE_STAY) {
			tell(u, e, BA_KEEP, why.data ? why.data : "");
			keep_folders(&u->all, stays, e);
		} else {
			take_out(u, e, &now);
		}
	}
}

/* A manager that fails owns nothing, as one that is not here. */
static int ask_owners(struct uninstall *u)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < u->all.count; i++)
		if (u->all.e[i].change == CHANGE_CREATED)
			r = owners_add(&u->owners, u->all.e[i].path);
	if (r == 0)
		r = owners_ask(u->owners, OWNERS_DPKG | OWNERS_RPM);
	return r == -EIO ? 0 : r;
}

static int prepare(struct uninstall *u)
{
	int r = entries_load(&u->all, u->db, u->run_id);
	size_t i;

	u->started_ns = db_int(u->db, Q_RUN_STARTED, 0, "i", u->run_id);
	for (i = 0; r == 0 && i < u->all.count; i++) {
		const struct entry *e = &u->all.e[i];
		uint32_t *at;
		bool added;

		u->teller.total += is_ours(u, e);
		if (!e->before_file)
			continue;
		at = u64map_put(&u->before, mix64(e->before_file), &added);
		if (!at)
			r = -ENOMEM;
		else
			*at = (uint32_t)i + 1;
	}
	return r == 0 ? ask_owners(u) : r;
}

static int take_out_all(struct uninstall *u, struct words *words)
{
	_cleanup_free_ unsigned char *stays = calloc(u->all.count + 1, 1);
	struct ba_undone *res = u->teller.result;
	int r = stays ? 0 : -ENOMEM;

	if (r == 0) {
		walk(u, false, stays);
		parents_forget(&u->parents);
		walk(u, true, stays);
		teller_progress(&u->teller);
		r = durable_sync_all(&u->touched);
	}
	if (r == 0)
		r = u->error;
	if (r == 0)
		r = journal_end(&u->journal,
			res->kept || res->failed || u->journal.of_incomplete ? 1 : 0);
	return r == 0 ?
		0 :
		words_set(words, r,
			"the uninstall of run %lld did not come to its end (%s): "
			"%llu removed so far; run it again",
			(long long)u->run_id, strerror(-r), (unsigned long long)res->removed);
}

int undo_uninstall(struct db *db, int64_t run_id, const struct ba_undo *how,
	struct ba_undone *result, struct words *words)
{
	struct uninstall u = { .db = db, .run_id = run_id, .teller = { how, result, 0, 0 },
		.parents = PARENTS_INIT };
	int r = 0;

	*result = (struct ba_undone){ 0 };
	if (!how->dry)
		r = journal_begin(&u.journal, db_path(db), "uninstall", run_id, words);
	result->run_id = u.journal.run.id;
	if (r == 0) {
		r = prepare(&u);
		if (r < 0)
			words_set(words, r, "%s: %s", db_path(db),
				r == -ENOMEM ? "out of memory" : db_error(db));
		else
			r = take_out_all(&u, words);
	}
	if (u.journal.db)
		journal_break(&u.journal);
	durable_release(&u.touched);
	parents_forget(&u.parents);
	owners_free(u.owners);
	u64map_release(&u.before);
	entries_release(&u.all);
	return r;
}
