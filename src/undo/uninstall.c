/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Uninstall: what the run created goes, and nothing else. First a plan, of all
 * of it: what goes, what stays, and why. Then the plan is told (a dry run) or
 * carried out, files before folders, what is in a folder before it.
 */
#include "undo/uninstall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/durable.h"
#include "base/package-records.h"
#include "base/u64map.h"
#include "undo/foreign.h"
#include "undo/journal.h"
#include "undo/look.h"
#include "undo/numbers.h"
#include "undo/packages.h"
#include "undo/removal.h"
#include "undo/remove.h"
#include "undo/teller.h"
#include "undo/unlock.h"

/* What is to become of one entry. */
struct intent {
	bool ours; /* the rest is for these only */
	enum ba_did did;  /* what is to become of it; in the end, what did */
	struct inode now; /* what was looked at */
	char *why;        /* or NULL */
};

struct uninstall {
	struct db *db;
	int64_t run_id;
	struct teller teller;
	int64_t started_ns;
	struct entries all;
	struct intent *intents; /* one for each of them */
	size_t *order, count;   /* those that are ours, as they are taken out */
	struct owners *owners;
	struct package_came came; /* one that came with the run, and is here */
	struct parents parents;
	struct journal journal;
	struct u64map before; /* a file's number -> 1 + the entry where it stood before the run */
	struct durable_set touched;
	int error; /* the first failure to record what was done */
};

static void tell(struct uninstall *u, const struct entry *e, enum ba_did did, const char *reason)
{
	u->intents[e - u->all.e].did = did;
	teller_step(&u->teller, e->path, type_name(e->after.i.mode), did, reason);
}

/* What unlink(2) would say, as far as that can be told before: 0 or -errno. */
static int check_removable(int dir, const char *name)
{
	if (remove_is_mount_point(dir, name))
		return -EBUSY;
	if (faccessat(dir, ".", W_OK | X_OK, AT_EACCESS) == 0)
		return 0;
	return errno == EROFS || (errno == EACCES && !unlock_helps(dir)) ? -errno : 0;
}

/* What the record has of it. */
static void look_up(struct uninstall *u, const struct entry *e, struct remains *m)
{
	size_t from = numbers_at(&u->before, e->file);
	const struct entry *home = from ? &u->all.e[from - 1] : NULL;

	m->home = home && entry_has_left(home) ? home->path : NULL;
	m->later = db_int(u->db, Q_LATER_WRITER, 0, "ii", e->path_id, u->run_id);
	m->package = owners_of(u->owners, e->path);
	m->record = *u->came.name && package_record_is(e->path) ? &u->came : NULL;
}

static bool still_goes(const struct remains *m)
{
	_cleanup_buf_ struct buf why = BUF_INIT;

	return removal_of(m, &why) == BA_REMOVE;
}

static bool goes(const void *data, const char *path, size_t len)
{
	const struct uninstall *u = data;
	const struct entry *e = entries_find(&u->all, path, len);

	return e && u->intents[e - u->all.e].ours && u->intents[e - u->all.e].did == BA_REMOVE;
}

/* Reading is dear: a later question is asked only where it goes, by the ones before. */
static struct remains look(struct uninstall *u, const struct entry *e, struct inode *now)
{
	struct remains m = { .dir = S_ISDIR(e->after.i.mode), .force = u->teller.how->force };
	const char *name;
	int dir;

	m.error = parents_open(&u->parents, e->path, &dir, &name);
	if (m.error == 0)
		m.error = inode_stat(now, dir, name, AT_SYMLINK_NOFOLLOW);
	m.is = m.error == 0 && now->exists;
	if (m.is)
		look_up(u, e, &m);
	if (!still_goes(&m))
		return m;
	m.foreign = foreign_is(u->db, u->run_id, e, now, u->started_ns, 1);
	m.differs = look_differs(dir, name, now, &e->after, DIFFERS_WHAT);
	m.other_kind = S_ISDIR(now->mode) != S_ISDIR(e->after.i.mode);
	if (still_goes(&m))
		m.blocked = check_removable(dir, name);
	if (still_goes(&m) && m.dir)
		m.leaves = remove_leaves(&u->parents, e->path, goes, u);
	return m;
}

static void judge(struct uninstall *u, const struct entry *e, struct intent *intent)
{
	_cleanup_buf_ struct buf why = BUF_INIT;
	struct remains m = look(u, e, &intent->now);

	intent->did = removal_of(&m, &why);
	intent->why = why.len ? buf_steal(&why) : NULL;
	u->error = u->error || !why.failed ? u->error : -ENOMEM;
}

/* Written to since it was looked at? Then it is looked at again. */
static void look_again(struct uninstall *u, const struct entry *e, struct intent *intent)
{
	struct inode now;
	int r = inode_at(&now, &u->parents, e->path);

	if (r < 0 || !now.exists || S_ISDIR(now.mode) || now.ctime_ns == intent->now.ctime_ns)
		return; /* removing it tells */
	judge(u, e, intent);
}

static void take_out(struct uninstall *u, const struct entry *e, const struct inode *now)
{
	static const struct side nothing;
	const char *name;
	int dir, r = parents_open(&u->parents, e->path, &dir, &name);

	if (r == 0)
		r = durable_add(&u->touched, dir);
	if (r == 0)
		r = unlock_folder(&u->journal, dir, e->path);
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

static void carry_out(struct uninstall *u, size_t i)
{
	const struct entry *e = &u->all.e[i];
	struct intent *intent = &u->intents[i];

	teller_progress(&u->teller);
	if (intent->did == BA_REMOVE)
		look_again(u, e, intent);
	if (intent->did == BA_REMOVE)
		take_out(u, e, &intent->now);
	else
		tell(u, e, intent->did, intent->why ? intent->why : "");
}

/* What RUN2 has as well is no stale rest, nor is a folder that it has something in. */
static bool is_superseded(struct uninstall *u, const struct entry *e)
{
	int64_t by = u->teller.how->superseded_by;

	return by && (db_int(u->db, Q_TOUCHED_BY, 0, "ii", e->path_id, by) ||
		(S_ISDIR(e->after.i.mode) && db_int(u->db, Q_LEFT_BELOW, 0, "is", by, e->path)));
}

/* What is ours; files, then folders, each of these after what is in it. */
static int set_order(struct uninstall *u)
{
	size_t i;
	int folders;

	u->intents = calloc(u->all.count + 1, sizeof *u->intents);
	u->order = calloc(u->all.count + 1, sizeof *u->order);
	if (!u->intents || !u->order)
		return -ENOMEM;
	for (i = 0; i < u->all.count; i++)
		u->intents[i].ours = u->all.e[i].change == CHANGE_CREATED &&
			!u->all.e[i].excluded && !is_superseded(u, &u->all.e[i]);
	for (folders = 0; folders < 2; folders++)
		for (i = u->all.count; i-- > 0;)
			if (u->intents[i].ours && S_ISDIR(u->all.e[i].after.i.mode) == folders)
				u->order[u->count++] = i;
	return 0;
}

/* What it left there may be gone, as the package is by now. */
static void find_came(struct uninstall *u)
{
	struct package_came came;
	struct inode now;
	size_t i;

	for (i = 0; !*u->came.name && i < u->all.count; i++)
		if (packages_came(&came, u->owners, &u->all.e[i]) &&
			inode_at(&now, &u->parents, u->all.e[i].path) == 0 && now.exists)
			u->came = came;
	parents_forget(&u->parents);
}

static int prepare(struct uninstall *u)
{
	int r = entries_load(&u->all, u->db, u->run_id);
	size_t i;

	u->started_ns = db_int(u->db, Q_RUN_STARTED, 0, "i", u->run_id);
	for (i = 0; r == 0 && i < u->all.count; i++)
		r = numbers_put(&u->before, u->all.e[i].before_file, i);
	if (r == 0)
		r = set_order(u);
	if (r == 0)
		r = packages_ask(&u->owners, &u->all);
	if (r == 0)
		find_came(u);
	return r;
}

static void tell_all(struct uninstall *u)
{
	size_t k;

	for (k = 0; k < u->count; k++) {
		const struct intent *intent = &u->intents[u->order[k]];

		tell(u, &u->all.e[u->order[k]], intent->did, intent->why ? intent->why : "");
	}
}

static int carry_out_all(struct uninstall *u)
{
	size_t k;
	int r = journal_act(&u->journal);

	if (r < 0)
		return r;
	teller_begin(&u->teller, u->count);
	for (k = 0; k < u->count; k++) {
		/* The folders that are open may be the next to go. */
		if (k && S_ISDIR(u->all.e[u->order[k]].after.i.mode) &&
			!S_ISDIR(u->all.e[u->order[k - 1]].after.i.mode))
			parents_forget(&u->parents);
		carry_out(u, u->order[k]);
	}
	parents_forget(&u->parents);
	return lock_folders(&u->journal);
}

/*
 * What stays is the run's still, what it had changed or removed, too; but for a folder that others
 * have something in.
 */
static bool stays_its(const struct entry *e, const struct intent *intent)
{
	if (e->change != CHANGE_CREATED)
		return !e->excluded;
	return intent->ours && intent->did >= BA_KEEP && !S_ISDIR(e->after.i.mode);
}

static int release_all(struct uninstall *u)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < u->all.count; i++) {
		if (!stays_its(&u->all.e[i], &u->intents[i]))
			r = journal_undone(&u->journal, &u->all.e[i]);
	}
	return r;
}

static int take_out_all(struct uninstall *u, struct words *words)
{
	struct ba_undone *res = u->teller.result;
	size_t k;
	int r;

	teller_begin(&u->teller, u->count);
	/* of a folder, after all that is in it */
	for (k = 0; k < u->count; k++) {
		teller_progress(&u->teller);
		judge(u, &u->all.e[u->order[k]], &u->intents[u->order[k]]);
	}
	r = u->error;
	if (r == 0)
		r = db_unread(u->db);
	if (r == 0 && u->teller.how->dry)
		tell_all(u);
	else if (r == 0)
		r = carry_out_all(u);
	teller_end(&u->teller);
	if (r == 0)
		r = durable_sync_all(&u->touched);
	if (r == 0)
		r = u->error;
	if (r == 0 && !u->teller.how->dry)
		r = release_all(u);
	if (r == 0 && !u->teller.how->dry)
		r = journal_places_end(&u->journal);
	if (r == 0)
		r = journal_end(&u->journal,
			res->kept || res->failed || res->incomplete ? 1 : 0);
	return r == 0 ?
		0 :
		words_set(words, r,
			"the uninstall of run %lld did not come to its end (%s): "
			"%llu removed so far; run it again",
			(long long)u->run_id, strerror(-r), (unsigned long long)res->removed);
}

static void intents_release(struct uninstall *u)
{
	size_t i;

	for (i = 0; u->intents && i < u->all.count; i++)
		free(u->intents[i].why);
	free(u->intents);
	free(u->order);
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
	result->incomplete = journal_incomplete(db, run_id);
	if (r == 0) {
		r = how->dry ? 0 : lock_folders(&u.journal); /* of one that was interrupted */
		if (r == 0)
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
	intents_release(&u);
	entries_release(&u.all);
	return r;
}
