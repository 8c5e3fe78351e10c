/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "try/commit-ahead.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mix.h"
#include "base/xattrs.h"

/* While it is carried out; of a second at least this many bytes are written. */
#define HEARTBEAT_S 4
#define SLOWEST (1U << 20)

/*
 * Of a file whose name is taken away, or that is written to. Where it only stays, no rollback of
 * the runs would know of it; nor does one of several runs know where another one had put it.
 */
static bool loses_content(const struct commit_plan *p, const struct commit_item *it)
{
	const struct commit_item *lead = commit_plan_lead(p, it);

	return S_ISREG(it->now.mode) &&
		(!lead || lead->writes || lead->e->as_needed || p->run_count > 1);
}

static const char *why_not_kept(const struct keeping *g, enum keep keep)
{
	if (keep == KEEP_LIMIT)
		return "it has too many holes";
	return g->error == -EAGAIN ? "it was changed at that moment" : strerror(-g->error);
}

/* Of thousands of files no leases can be held: each is taken anew when its file goes. */
static int keep_content(struct commit_ahead *a, struct commit_item *it, bool goes_whole,
	struct keeping *g, struct original *o, struct words *words)
{
	int r;

	o->keep = keep_begin(&a->keeper, it->e->path, &it->now, goes_whole, g);
	o->hash = g->hash;
	r = keep_end(&a->keeper, it->now.dev, g);
	keep_let_go(g, &it->linked);
	if (o->keep == KEEP_WHOLE && r == 0)
		return 0;
	if (r < 0)
		g->error = r;
	return words_set(words, g->error < 0 ? g->error : -EFBIG,
		"the original of %s could not be kept (%s): nothing was changed", it->e->path,
		why_not_kept(g, o->keep));
}

static int keep_meta(const struct commit_item *it, char *target, struct buf *xattrs,
	struct original *o)
{
	if (S_ISLNK(it->now.mode) && io_readlink(it->e->path, target) >= 0)
		o->target = target;
	if (xattrs_read(it->e->path, false, xattrs) == 0) {
		o->xattrs = xattrs->data ? xattrs->data : "";
		o->xattrs_len = (uint32_t)xattrs->len;
	}
	return xattrs->failed ? -ENOMEM : 0;
}

/* Once for each file, under whichever of its names. */
static int keep_original(struct commit_ahead *a, struct commit_plan *p,
	struct commit_item *it, struct words *words)
{
	struct original o = { .file = it->e->before_file };
	_cleanup_buf_ struct buf xattrs = BUF_INIT;
	struct keeping g = KEEPING_INIT;
	char target[PATH_MAX];
	bool added;
	int r = 0;

	if (!it->now.exists || !o.file || it->e->as_needed)
		return 0;
	if (!u64map_put(&a->kept, mix64(o.file), &added))
		return -ENOMEM;
	if (!added)
		return 0;
	if (loses_content(p, it))
		r = keep_content(a, it, !commit_plan_lead(p, it), &g, &o, words);
	if (r == 0)
		r = keep_meta(it, target, &xattrs, &o);
	return r < 0 ? r : run_original(&a->journal->run, &o);
}

static int tell_place(struct run *run, const char *path, const struct inode *now,
	const struct entry *e)
{
	struct touch t = { .path = path, .before = *now,
		.before_file = now->exists ? e->before_file : 0 };
	int r = run_touch(run, &t);

	return r == 0 && e->after.i.exists ? run_place(run, path, e->file) : r;
}

/* What it is to leave there: a commit that dies is held against that. */
static int tell_want(struct commit_ahead *a, const struct commit_item *it)
{
	static const char *const change[2][2] = { { "created", "created" },
		{ "removed", "modified" } };
	const struct side *want = &it->e->after;
	struct inode i = want->i;

	if (S_ISDIR(i.mode) || it->astray)
		return 0;
	i.dev = i.ino = 0; /* the disk will tell */
	return db_run(a->journal->db, Q_ENTRY_SET, "iisNbsbIIIi", a->journal->run.id,
		it->e->path_id, change[it->now.exists][want->i.exists], &i,
		want->has_hash ? want->hash : NULL, SHA256_LEN, want->target, NULL, 0, NULL, NULL,
		&a->journal->exec, (int64_t)0);
}

/* What will be changed where it stands has other names, perhaps: by this they are looked for. */
static int tell_hand(struct commit_ahead *a, const struct commit_item *it)
{
	struct event e = { .op = it->writes ? OP_OPEN : OP_CHMOD, .abi = ABI_X86_64,
		.file = it->e->file, .path = it->e->path,
		.flags = it->writes ? O_WRONLY | O_TRUNC : 0,
		.mode = it->writes ? -1 : (int64_t)(it->want.i.mode & 07777),
		.at = io_now_ns() };
	int r = run_event(&a->journal->run, &e, a->journal->exec);

	return r < 0 ? r : hands_note(&a->hands, &e, a->journal->exec);
}

static int tell(struct commit_ahead *a, struct commit_plan *p, struct commit_item *it,
	struct words *words)
{
	static const struct inode nothing;
	struct run *run = &a->journal->run;
	int r = tell_place(run, it->e->path, &it->now, it->e);

	if (r == 0 && it->work)
		r = tell_place(run, it->work, &nothing, it->e);
	if (r == 0)
		r = tell_want(a, it);
	return r < 0 ? r : keep_original(a, p, it, words);
}

/* Of these only the time: no undo gives that back to a folder, but commit_take_back() does. */
static int tell_folders(struct commit_ahead *a, const struct commit_plan *p)
{
	struct touch t = { 0 };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < p->folder_count; i++) {
		t.path = p->folders[i].path;
		t.before = p->folders[i].now;
		r = t.before.exists ? run_touch(&a->journal->run, &t) : 0;
	}
	return r;
}

int commit_ahead(struct commit_ahead *a, struct commit_plan *p, struct journal *j,
	struct words *words)
{
	size_t i;
	int r;

	a->journal = j;
	words->text[0] = '\0';
	r = keep_init(&a->keeper, db_path(j->db), j->run.id);
	a->keeper.limit = UINT64_MAX; /* by what is kept a commit is taken back that died */
	/* A name in the store of a run that the disk does not know of would never be swept. */
	if (r == 0)
		r = journal_sync(j);
	for (i = 0; r == 0 && i < p->all.count; i++)
		if (p->items[i].act != COMMIT_NOTHING)
			r = tell(a, p, &p->items[i], words);
	if (r == 0)
		r = tell_folders(a, p);
	j->run.heartbeat_s = HEARTBEAT_S;
	if (r == 0)
		r = journal_sync(j);
	if (r < 0 && !words->text[0])
		words_set(words, r, "what is going to be changed could not be recorded (%s): "
			"nothing was changed", strerror(-r));
	return r;
}

int commit_ahead_writes(struct commit_ahead *a, const struct commit_plan *p)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < p->all.count; i++)
		if (p->items[i].leads)
			r = tell_hand(a, &p->items[i]);
	return r < 0 ? r : journal_sync(a->journal);
}

int commit_ahead_hold(const struct commit_ahead *a, const struct commit_item *it, int dir,
	const char *name, int *held)
{
	int r = keep_hold(&a->keeper, &it->linked, dir, name, held);

	return r == -EAGAIN ? -ESTALE : r;
}

int commit_ahead_settle(struct commit_ahead *a, const struct commit_item *it, int r, int *held)
{
	int settled = *held < 0 ? 0 : keep_settle(&a->keeper, it->linked.hash, r < 0, held);

	return r < 0 ? r : settled;
}

void commit_ahead_beat(const struct commit_ahead *a, const struct commit_item *it)
{
	struct run *run = &a->journal->run;
	int64_t more = S_ISREG(it->want.i.mode) ? (int64_t)(it->want.i.size / SLOWEST) : 0;

	/* Who is not heard of is thought to be dead: nothing is lost by that. */
	run->heartbeat_s = HEARTBEAT_S;
	IGNORE(more > HEARTBEAT_S ? run_promise(run, HEARTBEAT_S + more) : run_beat(run));
	run->heartbeat_s = HEARTBEAT_S;
}

/* It, or a folder that it came with; or its file, where that is to stand afterwards. */
static bool was_come_to(const struct commit_plan *p, const struct commit_item *it)
{
	const struct commit_item *lead = commit_plan_lead(p, it), *above = it;

	while (above && !above->begun)
		above = commit_plan_folder(p, above);
	return above || (lead && lead->begun);
}

int commit_ahead_unsay(struct commit_ahead *a, const struct commit_plan *p)
{
	int64_t commit_id = a->journal->run.id;
	size_t i;
	int r = run_begin(&a->journal->run);

	for (i = 0; r == 0 && i < p->all.count; i++) {
		const struct commit_item *it = &p->items[i];

		if (it->act == COMMIT_NOTHING || S_ISDIR(it->e->after.i.mode))
			continue;
		if (it->leads && !it->written)
			r = db_run(a->journal->db, Q_COMMIT_UNTOLD, "ii", a->journal->exec,
				it->e->path_id);
		if (r == 0 && !was_come_to(p, it))
			r = db_run(a->journal->db, Q_COMMIT_GIVE_UP, "ii", commit_id,
				it->e->path_id);
	}
	return r < 0 ? r : run_commit(&a->journal->run);
}

void commit_ahead_release(struct commit_ahead *a)
{
	keep_release(&a->keeper);
	hands_release(&a->hands);
	u64map_release(&a->kept);
}
