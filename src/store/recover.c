/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/recover.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "store/devices.h"
#include "store/liveness.h"
#include "store/manifest.h"
#include "store/mounted.h"
#include "store/receipts.h"

/*
 * A killed recorder takes its tracees along (PTRACE_O_EXITKILL); that is a matter of milliseconds.
 */
#define DEATHS 200
#define DEATH_NS 5000000L

static bool any_left(struct db *db, int64_t run_id)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;

	if (db_rows(&rows, db, Q_PROCESSES_LEFT, "i", run_id) < 0)
		return false;
	while (rows_next(&rows) > 0)
		if (kill((pid_t)rows_int(&rows, 0), 0) == 0 || errno == EPERM)
			return true;
	return false;
}

/* After a boot these pids are somebody else's: that is worth a second, not more. */
static void wait_for_deaths(struct db *db, int64_t run_id)
{
	const struct timespec pause = { 0, DEATH_NS };
	int i;

	for (i = 0; i < DEATHS && any_left(db, run_id); i++)
		nanosleep(&pause, NULL);
}

/* The columns of RUN_HANDS. */
enum hands_column {
	HANDS_FILE,
	HANDS_OP,
	HANDS_FLAGS,
	HANDS_MODE,
	HANDS_EXEC,
	HANDS_AT,
	HANDS_LIVES,
};

/* When a file was told of last, and whether one who opened it lived on. */
static int note_last(struct last *last, const struct event *e, int64_t at, bool lives)
{
	const int64_t *known = id_get(&last->at, e->file);
	int r = e->file && (!known || *known < at) ? id_set(&last->at, e->file, at) : 0;

	return r == 0 && e->file && lives && e->op == OP_OPEN ? id_set(&last->open, e->file, 1) :
								r;
}

static int read_hands(struct db *db, int64_t run_id, struct hands *hands, struct last *last)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, db, Q_RUN_HANDS, "i", run_id);

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		struct event e = { .file = (uint32_t)rows_int(&rows, HANDS_FILE),
			.op = (enum op)rows_int(&rows, HANDS_OP),
			.flags = (uint32_t)rows_int(&rows, HANDS_FLAGS),
			.mode = rows_type(&rows, HANDS_MODE) == ROWS_NULL ?
				-1 :
				rows_int(&rows, HANDS_MODE) };

		r = hands_note(hands, &e, rows_int(&rows, HANDS_EXEC));
		if (r == 0)
			r = note_last(last, &e, rows_int(&rows, HANDS_AT),
				rows_int(&rows, HANDS_LIVES));
	}
	return r;
}

/* The columns of ENTRY_DEVICES. */
enum devices_column { DEVICES_PATH, DEVICES_BEFORE };

static int see_devices(struct run *run, struct devices *d)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, run->db, Q_ENTRY_DEVICES, "i", run->id);
	struct inode before, now;

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		rows_inode(&rows, DEVICES_BEFORE, &before);
		/* What cannot be looked at tells nothing here. */
		r = inode_stat(&now, AT_FDCWD, rows_text(&rows, DEVICES_PATH),
			    AT_SYMLINK_NOFOLLOW) == 0 ?
			devices_see(d, &before, &now) :
			0;
	}
	return r;
}

/*
 * Since the recorder died the machine may have, and its file systems have other
 * numbers: what was there before is given those, before it is held against the disk.
 */
static int follow_devices(struct run *run)
{
	struct devices d = { 0 };
	int r = see_devices(run, &d);
	size_t i;

	if (r == 0)
		r = run_begin(run);
	for (i = 0; r == 0 && i < d.count; i++) {
		struct inode now = { .exists = true, .dev = d.each[i].then };

		devices_translate(&d, &now);
		if (now.dev != d.each[i].then)
			r = db_run(run->db, Q_ENTRY_DEVICE_MOVE, "iii", run->id,
				(int64_t)d.each[i].then, (int64_t)now.dev);
	}
	if (r == 0)
		r = db_run(run->db, Q_ENTRY_DEVICES_MOVED, "i", run->id);
	devices_release(&d);
	return r == 0 ? run_commit(run) : r;
}

/* What its record says of its files. */
struct lost {
	struct hands hands;
	struct befores befores;
	struct last last;
};

static void lost_release(struct lost *k)
{
	hands_release(&k->hands);
	befores_release(&k->befores);
	free(k->last.at.ids);
	free(k->last.open.ids);
}

static int lost_read(struct lost *k, struct run *run)
{
	int r = receipts_apply(run);

	if (r >= 0)
		r = follow_devices(run);
	if (r == 0)
		r = read_hands(run->db, run->id, &k->hands, &k->last);
	return r < 0 ? r : befores_read(&k->befores, run);
}

static int settle(struct run *run)
{
	struct lost k = { 0 };
	struct manifest m = { .run = run,
		.hands = &k.hands,
		.befores = &k.befores,
		.last = &k.last,
		.told_ahead = db_int(run->db, Q_RUN_IS_COMMIT, 0, "i", run->id),
		.until_ns = liveness_until(run->db, run->id) };
	int r = lost_read(&k, run);

	if (r == 0)
		r = manifest_settle(&m);
	if (r == 0)
		r = mounted_settle(run);
	/* Its receipts, of no use from here on, and what it had begun to copy. */
	if (r == 0)
		r = db_run(run->db, Q_SWEEP_ADD, "");
	if (r == 0)
		r = run_sync(run);
	lost_release(&k);
	return r;
}

static int take_up(struct run *run, struct db *db, int64_t run_id)
{
	int r = run_reopen(run, db, run_id);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	wait_for_deaths(db, run_id);
	r = settle(run);
	if (r == 0)
		receipts_end(db, run_id);
	run_abandon(run);
	return r;
}

int recover_run(struct db *db, int64_t run_id)
{
	struct run run = { 0 };
	int r = db_run(db, Q_RUN_UNBEGUN_DROP, "i", run_id);

	if (r == 0)
		r = liveness_lost(db, run_id);
	if (r == 0)
		r = take_up(&run, db, run_id);
	run_release(&run);
	return r;
}

/*
 * What a try left is not to be seen from here: whoever enters it goes on (ba_enter). Nor is what
 * stands on a disk that is not there after a power cut: whoever takes the run back is told of it.
 */
static bool can_be_seen(struct db *db, int64_t run_id)
{
	struct words words;

	return !db_int(db, Q_RUN_STAGED, 0, "i", run_id) && mounted_check(db, run_id, &words) == 0;
}

int recover_lost(struct db *db)
{
	int64_t lost;
	int r = 0;

	while (r == 0 && (lost = liveness_next_lost(db)))
		r = can_be_seen(db, lost) ? recover_run(db, lost) : liveness_lost(db, lost);
	return r;
}
