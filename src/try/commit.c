/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "try/commit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "store/manifest.h"
#include "store/mounted.h"
#include "store/receipts.h"
#include "try/commit-ahead.h"
#include "try/commit-apply.h"
#include "try/commit-back.h"
#include "try/commit-check.h"
#include "try/commit-room.h"
#include "try/commit-take.h"
#include "try/scene.h"

/* For so long we are not heard of, when all is held against the disk. */
#define SETTLE_S 600

struct commit {
	struct db *db;
	const struct ba_commit *how;
	struct ba_committed *result;
	struct words *words;
	struct scene scene;
	struct commit_plan plan;
	struct journal journal;
	struct commit_ahead ahead;
	int reserve; /* room to take it back by (commit-room.h); -1 */
	bool begun;  /* something may have been changed */
};

/* May it be? */

/* 1: it was committed before, by result->run_id. */
static int check_staged(const struct commit *c, int64_t run_id)
{
	if (db_int(c->db, Q_RUN_STAGED, 0, "i", run_id))
		return 0;
	c->result->run_id = db_int(c->db, Q_COMMIT_OF, 0, "i", run_id);
	c->result->already = c->result->run_id != 0;
	if (c->result->already) {
		scene_sweep(c->db); /* one that was killed at its very end has left the layers */
		return 1;
	}
	return words_set(c->words, -EINVAL, "run %lld is not staged: there is nothing to commit",
		(long long)run_id);
}

static int check_runs(const struct commit *c, int64_t run_id)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, c->db, Q_COMMIT_RUNS, "i", run_id);

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		r = 0;
		if (strcmp(rows_text(&rows, 1), "complete") != 0)
			return words_set(c->words, -EBUSY,
				"run %lld is %s: nobody knows all that it did, so it cannot be "
				"committed (buildaudit discard %lld)",
				(long long)rows_int(&rows, 0), rows_text(&rows, 1),
				(long long)run_id);
	}
	return db_was_read(c->db, r, c->words);
}

static int check_living(const struct commit *c, int64_t run_id)
{
	_cleanup_buf_ struct buf who = BUF_INIT;
	int r = c->how->force || c->how->dry ? 0 : scene_living(&c->scene, &who);

	if (r < 0)
		return words_set(c->words, r, "cannot read /proc: %s", strerror(-r));
	return r == 0 ? 0 : words_set(c->words, -EBUSY,
		"run %lld has left %s, which may change it still: stop it, or commit what is "
		"there now (--force)", (long long)run_id, who.data ? who.data : "processes");
}

/* Planning. */

static enum ba_did did_of(const struct commit_item *it)
{
	return it->act == COMMIT_REMOVE ? BA_REMOVE : it->now.exists ? BA_MODIFY : BA_CREATE;
}

static uint64_t *counter_of(struct ba_committed *res, enum ba_did did)
{
	return did == BA_REMOVE ? &res->removed : did == BA_MODIFY ? &res->modified : &res->created;
}

/* Is it something that becomes another by it? */
static bool is_change(const struct commit_item *it)
{
	return it->act != COMMIT_NOTHING && !it->e->as_needed;
}

static void tell(const struct commit *c, const struct commit_item *it, enum ba_did did,
	const char *reason)
{
	const struct entry *e = it->e;
	struct ba_step step = { .path = e->path, .did = did, .reason = reason,
		.type = type_name(e->after.i.exists ? e->after.i.mode : e->before.i.mode) };

	if (c->how->step)
		c->how->step(&step, c->how->data);
}

static void count_all(struct commit *c)
{
	size_t i;

	for (i = 0; i < c->plan.all.count; i++) {
		const struct commit_item *it = &c->plan.items[i];

		if (it->given_up)
			c->result->given_up++;
		else if (it->reason && (it->fixed || !c->how->force))
			c->result->differ++;
		else if (is_change(it))
			++*counter_of(c->result, did_of(it));
	}
}

static void tell_all(const struct commit *c)
{
	size_t i;

	for (i = 0; i < c->plan.all.count; i++) {
		const struct commit_item *it = &c->plan.items[i];

		if (it->given_up)
			continue;
		if (it->reason && (it->fixed || !c->how->force))
			tell(c, it, BA_KEEP, it->reason);
		else if (is_change(it) && !c->result->differ)
			tell(c, it, did_of(it), it->reason ? it->reason : "");
	}
}

static int plan(struct commit *c, int64_t run_id)
{
	int r = commit_plan_load(&c->plan, c->db, run_id, scene_root(&c->scene));

	c->plan.was_back = c->result->taken_back != 0;
	if (r == 0)
		r = commit_choose(&c->plan, c->how->only, c->words);
	if (r == -EINVAL)
		return r;
	if (r == 0)
		r = commit_plan_look(&c->plan);
	if (r == 0)
		r = commit_plan_decide(&c->plan);
	if (r == 0)
		r = commit_check(&c->plan);
	if (r < 0)
		return words_set(c->words, r, "%s: %s", db_path(c->db),
			r == -ENOMEM ? "out of memory" : db_error(c->db));
	count_all(c);
	return 0;
}

/* Doing. */

static int settle(struct commit *c)
{
	struct befores befores = { 0 };
	struct manifest m = { .run = &c->journal.run,
		.hands = &c->ahead.hands,
		.befores = &befores,
		.told_ahead = true,
		.done = true };
	/* Nothing is changed from here on; but to read it all may take its time. */
	int r = run_ended(m.run, io_now_ns(), -1);

	if (r == 0)
		r = run_promise(m.run, SETTLE_S);
	if (r == 0)
		r = befores_read(&befores, m.run);
	if (r == 0)
		r = manifest_settle(&m);
	if (r == 0)
		r = mounted_begin(m.run);
	if (r == 0)
		r = mounted_settle(m.run);
	befores_release(&befores);
	return r < 0 ? words_set(c->words, r, "what was changed could not be recorded: %s",
			       strerror(-r)) : 0;
}

/* One transaction: from here on it was no try. */
static int take(struct commit *c)
{
	struct journal *j = &c->journal;
	int64_t now = io_now_ns();
	int r = commit_take(&c->plan, &j->run);

	if (r == 0)
		r = run_ended(&j->run, now, 0);
	if (r == 0)
		r = run_process_end(&j->run, j->process, now, 0);
	if (r == 0)
		r = run_close(&j->run, "complete");
	if (r == 0) {
		j->ended = true;
		c->begun = false; /* it is what it is, whether that is on the disk or not */
		r = run_sync(&j->run);
	}
	return r < 0 ? words_set(c->words, r, "cannot write to the database %s: %s",
			       db_path(j->db), db_error(j->db)) : 0;
}

static int carry_out(struct commit *c)
{
	int r = journal_act(&c->journal);

	if (r < 0)
		return words_set(c->words, r, "cannot write to the database %s: %s",
			db_path(c->journal.db), db_error(c->journal.db));
	r = commit_plan_place(&c->plan, c->journal.run.id);
	if (r == 0)
		r = scene_sync(&c->scene); /* it is what a commit that died is begun anew from */
	if (r < 0)
		return words_set(c->words, r, "the layers cannot be flushed to the disk: %s",
			strerror(-r));
	r = commit_room_reserve(&c->plan, &c->reserve, c->words);
	if (r < 0)
		return r;
	c->begun = true;
	r = commit_ahead(&c->ahead, &c->plan, &c->journal, c->words);
	if (r == 0)
		r = commit_apply(&c->plan, &c->ahead, c->how, c->words);
	if (r == 0)
		r = settle(c);
	if (r == 0)
		r = commit_verify(&c->plan, &c->journal.run, c->words);
	if (r == 0)
		r = take(c);
	if (r == 0)
		receipts_end(c->journal.db, c->journal.run.id);
	return r;
}

static void release_reserve(struct commit *c)
{
	cleanup_closep(&c->reserve);
	c->reserve = -1;
}

/* It was ours until now: if an undo is under way still, then its end could not be recorded. */
static int take_back(const struct commit *c, int64_t run_id, struct words *words)
{
	int64_t commit_id;

	if (journal_idle(c->db, words) < 0)
		return words_set(words, -EBUSY, "that is not taken back yet: the next commit takes "
			"it back first, or 'buildaudit discard %lld' does", (long long)run_id);
	return commit_take_back(c->db, run_id, &commit_id, words);
}

/* What could not be done to its end is taken back, and why is what matters then. */
static int give_up(struct commit *c, int64_t run_id, int error)
{
	struct words words;

	release_reserve(c);
	run_abandon(&c->journal.run);
	/* else it is told apart as after a kill, as far as it can be */
	if (c->ahead.journal)
		IGNORE(commit_ahead_unsay(&c->ahead, &c->plan));
	journal_break(&c->journal);
	if (take_back(c, run_id, &words) < 0) {
		size_t n = strlen(c->words->text);

		snprintf(c->words->text + n, sizeof c->words->text - n, "; and %s", words.text);
	}
	return error;
}

static int commit(struct commit *c, int64_t run_id)
{
	int r;

	if (c->how->dry)
		r = journal_interrupted(c->db, run_id, "commit") ?
			words_set(c->words, -EBUSY,
				"a commit of run %lld did not come to its end: the next one takes "
				"that back first", (long long)run_id) : 0;
	else
		r = journal_begin(&c->journal, db_path(c->db), "commit", run_id, c->words);
	/* from here on nobody else commits it; somebody else may have */
	if (r == 0 && !db_int(c->db, Q_RUN_STAGED, 0, "i", run_id))
		r = words_set(c->words, -EBUSY, "run %lld was committed, or discarded, just now",
			(long long)run_id);
	if (r == 0)
		r = scene_open(&c->scene, c->db, run_id, c->words);
	if (r == 0)
		r = check_living(c, run_id);
	if (r == 0)
		r = plan(c, run_id);
	if (r == 0)
		tell_all(c);
	if (r == 0 && !c->how->force && !c->result->differ)
		r = commit_room_check(&c->plan, c->words);
	if (r == 0 && !c->how->dry && !c->result->differ) {
		c->result->run_id = c->journal.run.id;
		r = carry_out(c);
	}
	return r;
}

static void release(struct commit *c)
{
	release_reserve(c);
	commit_ahead_release(&c->ahead);
	commit_plan_release(&c->plan);
	scene_close(&c->scene);
}

/* The image goes last: the rows name it no more. */
static int end(struct commit *c, int64_t run_id, int r)
{
	if (c->begun) {
		r = give_up(c, run_id, r);
	} else if (c->journal.ended) {
		journal_break(&c->journal);
		r = r < 0 ? r : scene_remove(&c->scene, c->words);
	} else if (c->journal.db) {
		journal_drop(&c->journal);
	}
	return r;
}

int commit_scene(struct db *db, int64_t run_id, const struct ba_commit *how,
	struct ba_committed *result, struct words *words)
{
	struct commit c = { .db = db, .how = how, .result = result, .words = words,
		.scene = SCENE_INIT, .ahead = COMMIT_AHEAD_INIT, .reserve = -1 };
	int r;

	*result = (struct ba_committed){ 0 };
	r = check_staged(&c, run_id);
	if (r)
		return r < 0 ? r : 0;
	r = check_runs(&c, run_id);
	if (r == 0 && !how->dry)
		r = commit_take_back(db, run_id, &result->taken_back, words);
	if (r == 0)
		r = commit(&c, run_id);
	r = end(&c, run_id, r);
	if (!c.journal.ended)
		result->run_id = 0;
	release(&c);
	return r;
}
