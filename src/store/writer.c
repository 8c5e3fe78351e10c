/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/io.h"
#include "store/manifest.h"
#include "store/mounted.h"
#include "store/message.h"
#include "store/open.h"
#include "store/receipts.h"

/* 8 MiB of queue: a second of the fastest stops, while a disk makes up its mind. */
#define RING_SIZE (8U << 20)
#define WRITER_STACK (1U << 20)
#define IDLE_MS 150
#define FOLD_PATIENCE_NS 30000000LL
/* A command is not held for longer by whoever holds the database's lock. */
#define SECURE_S 10

/*
 * How long until we are heard of again, in seconds: short while the command
 * runs, so that a recorder that was killed is soon known to be; longer for what
 * stays behind it, perhaps for months. Twice as often as promised.
 */
#define HEARTBEAT_S 3
#define HEARTBEAT_BEHIND_S 60
#define HEARTBEAT_SETTLE_S 600

/*
 * What stays behind goes on changing files: the manifest follows, a twentieth of the time at most.
 */
#define BEHIND_LOOK_NS 1000000000LL
#define BEHIND_SETTLE_NS 2000000000LL
#define BEHIND_SHARE 20

/* The sink: on the tracer's thread. */

static void put(struct sink *s, struct message *m, const void *const strings[MESSAGE_STRINGS])
{
	struct writer *w = (struct writer *)s;
	size_t n = sizeof *m, i;
	char *room;

	for (i = 0; i < MESSAGE_STRINGS; i++)
		n += m->len[i];
	room = ring_room(&w->ring, n);
	memcpy(room, m, sizeof *m);
	room += sizeof *m;
	for (i = 0; i < MESSAGE_STRINGS; i++) {
		if (m->len[i])
			memcpy(room, strings[i], m->len[i]);
		room += m->len[i];
	}
	ring_push(&w->ring);
}

static uint32_t size_of(const char *s)
{
	return s ? (uint32_t)strlen(s) + 1 : 0;
}

static void put_strings(struct sink *s, struct message *m, const char *a, const char *b,
	const char *c)
{
	const void *strings[MESSAGE_STRINGS] = { a, b, c, NULL };

	m->len[0] = size_of(a);
	m->len[1] = size_of(b);
	m->len[2] = size_of(c);
	put(s, m, strings);
}

static void sink_process_begin(struct sink *s, const struct process_begin *p)
{
	struct message m = { .kind = MSG_PROCESS_BEGIN, .u.process_begin = *p };

	put_strings(s, &m, NULL, NULL, NULL);
}

static void sink_process_end(struct sink *s, const struct process_end *p)
{
	struct message m = { .kind = MSG_PROCESS_END, .u.process_end = *p };

	put_strings(s, &m, NULL, NULL, NULL);
}

static void sink_exec_begin(struct sink *s, const struct exec_begin *e)
{
	struct message m = { .kind = MSG_EXEC_BEGIN, .u.exec_begin = *e };

	put_strings(s, &m, e->exe, e->argv, e->cwd);
}

static void sink_event(struct sink *s, const struct event *e)
{
	struct message m = { .kind = MSG_EVENT, .u.event = *e };

	put_strings(s, &m, e->path, e->old_path, NULL);
}

static void sink_touch(struct sink *s, const struct touch *t)
{
	struct message m = { .kind = MSG_TOUCH, .u.touch = *t };

	put_strings(s, &m, t->path, NULL, NULL);
}

static void sink_original(struct sink *s, const struct original *o)
{
	struct message m = { .kind = MSG_ORIGINAL, .u.original = *o };
	const void *strings[MESSAGE_STRINGS] = { o->hash, o->target, o->xattrs, NULL };

	m.len[0] = o->hash ? SHA256_LEN : 0;
	m.len[1] = size_of(o->target);
	m.len[2] = o->xattrs ? o->xattrs_len : 0;
	put(s, &m, strings);
}

static void sink_note(struct sink *s, const char *text)
{
	struct message m = { .kind = MSG_NOTE };

	put_strings(s, &m, text, NULL, NULL);
}

static void sink_lost(struct sink *s, const char *text)
{
	((struct writer *)s)->lost = true;
	sink_note(s, text);
}

static void sink_secure(struct sink *s)
{
	struct writer *w = (struct writer *)s;
	struct timespec until;
	int e = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += SECURE_S;
	pthread_mutex_lock(&w->lock);
	w->secure_asked = true;
	ring_wake(&w->ring);
	while (w->secure_asked && e == 0)
		e = pthread_cond_timedwait(&w->on_disk, &w->lock, &until);
	pthread_mutex_unlock(&w->lock);
	if (e)
		sink_note(s,
			"the database was locked by somebody else when the first original was "
			"kept: a power cut then would have left it without its run");
}

static void sink_place(struct sink *s, const char *path, uint32_t file)
{
	struct message m = { .kind = MSG_PLACE, .u.file = file };

	put_strings(s, &m, path, NULL, NULL);
}

static void sink_alias(struct sink *s, uint32_t file, const char *name, const char *other)
{
	struct message m = { .kind = MSG_ALIAS, .u.file = file };

	put_strings(s, &m, name, other, NULL);
}

static void sink_stood(struct sink *s, const char *path)
{
	struct message m = { .kind = MSG_STOOD };

	put_strings(s, &m, path, NULL, NULL);
}

static void sink_hidden(struct sink *s, const char *path)
{
	struct message m = { .kind = MSG_HIDDEN };

	put_strings(s, &m, path, NULL, NULL);
}

static void sink_command_end(struct sink *s, int status, int64_t at, unsigned int left)
{
	struct message m = { .kind = MSG_COMMAND_END };

	m.u.command_end.status = status;
	m.u.command_end.at = at;
	m.u.command_end.left = left;
	put_strings(s, &m, NULL, NULL, NULL);
}

static void sink_let_go(struct sink *s)
{
	early_let_go(&((struct writer *)s)->apply.early);
}

static const struct sink writer_sink = {
	.process_begin = sink_process_begin,
	.process_end = sink_process_end,
	.exec_begin = sink_exec_begin,
	.event = sink_event,
	.touch = sink_touch,
	.original = sink_original,
	.secure = sink_secure,
	.place = sink_place,
	.alias = sink_alias,
	.stood = sink_stood,
	.hidden = sink_hidden,
	.note = sink_note,
	.lost = sink_lost,
	.command_end = sink_command_end,
	.let_go = sink_let_go,
};

/* The thread. */

/* The record is broken from here on; the build goes on without it. */
static void fail(struct writer *w, int error)
{
	char text[128];

	if (w->error == 0) {
		w->error = error;
		w->apply.broken = true;
		snprintf(text, sizeof text,
			"the database could not be written (%s): the record is not whole",
			error == -ESTALE ? "it was deleted, replaced or cut short" :
					   strerror(-error));
		run_note(&w->run, text);
	}
	run_abandon(&w->run);
}

/* The clock is not asked for each event. */
static int commit_if_due(struct writer *w)
{
	return (w->apply.events & 4095) == 4095 ? run_commit_if_due(&w->run) : 0;
}

static void drain(struct writer *w)
{
	const void *m;
	size_t n;
	int r;

	while ((m = ring_peek(&w->ring, &n))) {
		r = apply_message(&w->apply, m);
		ring_pop(&w->ring);
		if (r == 0)
			r = commit_if_due(w);
		if (r < 0)
			fail(w, r);
	}
	r = run_commit(&w->run);
	if (r < 0)
		fail(w, r);
}

static void beat(struct writer *w)
{
	int r = w->error || w->closed ? 0 : run_beat(&w->run);

	if (r < 0)
		fail(w, r);
}

/* All so far is on disk; then its receipts have done their work. */
static void sync_run(struct writer *w)
{
	int r = w->error ? 0 : run_sync(&w->run);

	if (r < 0)
		fail(w, r);
	if (w->error == 0 && w->apply.receipt)
		receipts_drop(w->run.db, w->run.id, w->apply.receipt);
}

/* When the tracer waits for it, and now and then. */
static void sync_if_due(struct writer *w)
{
	bool asked;

	pthread_mutex_lock(&w->lock);
	asked = w->secure_asked;
	pthread_mutex_unlock(&w->lock);
	if (!asked && !run_sync_is_due(&w->run))
		return;
	drain(w); /* with all that was told before it asked */
	sync_run(w);
	pthread_mutex_lock(&w->lock);
	if (asked)
		w->secure_asked = false;
	pthread_cond_broadcast(&w->on_disk);
	pthread_mutex_unlock(&w->lock);
}

static int settle_rows(struct writer *w)
{
	struct manifest m = { .run = &w->run,
		.hands = &w->apply.hands,
		.scope = w->scope,
		.early = &w->apply.early,
		.anew = &w->apply.anew };
	int64_t usual_s = w->run.heartbeat_s;
	/* Hashing may take its time, and says nothing meanwhile. */
	int r = run_promise(&w->run, HEARTBEAT_SETTLE_S);

	early_let_go(&w->apply.early);
	/* With nobody left behind this is the only time. */
	if (r == 0 && w->result.left)
		r = anew_begin(&w->apply.anew);
	if (r == 0)
		r = manifest_settle(&m);
	if (r == 0)
		anew_end(&w->apply.anew);
	w->run.heartbeat_s = usual_s;
	return r == 0 ? run_commit(&w->run) : r;
}

static int result_error(const struct writer *w)
{
	return w->error ? w->error : w->lost ? -ENODATA : 0;
}

/* With a full disk even this may fail; then the heartbeat's silence tells it. */
static void close_run(struct writer *w)
{
	/* Who was left behind may have come to any of them until now. */
	int r = w->error ? 0 : mounted_settle(&w->run);

	if (r == 0)
		r = run_close(&w->run, result_error(w) ? "incomplete" : "complete");
	if (r < 0)
		fail(w, r);
	w->closed = true;
}

static void settle(struct writer *w)
{
	int64_t start = io_monotonic_ns();
	int r = w->error ? w->error : settle_rows(w);

	if (r < 0)
		fail(w, r);
	w->settled_ns = io_monotonic_ns();
	w->settling_ns = w->settled_ns - start;
	w->settled_events = w->apply.events;
	result_read(&w->result, w->run.db, w->run.id);
	w->result.status = w->apply.status;
	w->result.duration_ns = w->apply.duration_ns;
	w->result.error = result_error(w);
}

/*
 * Before anything is said. Of what changed nothing there is
 * nothing to lose, and nothing to wait for.
 */
static void sync_result(struct writer *w)
{
	const struct run_result *res = &w->result;

	if (res->created || res->modified || res->removed || res->excluded)
		sync_run(w);
	w->result.error = result_error(w);
}

static void finish(struct writer *w)
{
	if (!w->closed) {
		if (w->error == 0)
			settle(w);
		close_run(w);
		sync_result(w);
		db_settle(w->run.db);
	}
	if (w->error == 0 && w->apply.receipt)
		receipts_end(w->run.db, w->run.id);
}

static void tell(struct writer *w, bool *what)
{
	pthread_mutex_lock(&w->lock);
	*what = true;
	w->whole_ns = w->whole_ns ? w->whole_ns : io_monotonic_ns();
	pthread_mutex_unlock(&w->lock);
	kill(getpid(), SIGCHLD);
}

/* The command has ended: the record is made whole, and then one file. */
static void settle_command(struct writer *w)
{
	settle(w);
	if (w->result.left == 0)
		close_run(w);
	sync_result(w);
	w->summary.done(&w->result, w->summary.data);
	tell(w, &w->settle_whole);
	if (w->closed)
		db_settle(w->run.db);
	w->run.heartbeat_s = HEARTBEAT_BEHIND_S;
	tell(w, &w->settle_done);
}

/*
 * Somebody asked for the end of the record; the tracer goes on, since
 * the filter does, and is not listened to.
 */
static void end_early(struct writer *w)
{
	finish(w);
	w->apply.broken = true;
	w->sink.ended = true;
}

/* The command has ended, and some of its processes live on. */
static void look_behind(struct writer *w)
{
	int64_t now = io_monotonic_ns(), pause = w->settling_ns * BEHIND_SHARE;

	if (w->closed || w->error || now - w->looked_ns < BEHIND_LOOK_NS)
		return;
	w->looked_ns = now;
	if (db_int(w->run.db, Q_RUN_FINISH, 0, "i", w->run.id))
		end_early(w);
	else if (w->apply.events != w->settled_events &&
		now - w->settled_ns > (pause > BEHIND_SETTLE_NS ? pause : BEHIND_SETTLE_NS))
		settle(w);
}

static void *writer_thread(void *data)
{
	struct writer *w = data;
	bool asked, behind, last;
	int r = mounted_begin(&w->run);

	if (r < 0)
		fail(w, r);
	do {
		ring_wait(&w->ring, IDLE_MS);
		pthread_mutex_lock(&w->lock);
		asked = w->settle_asked && !w->settle_done;
		behind = w->settle_done;
		last = w->finish_asked;
		pthread_mutex_unlock(&w->lock);
		drain(w);
		sync_if_due(w);
		beat(w);
		if (asked)
			settle_command(w);
		else if (behind)
			look_behind(w);
	} while (!last);
	finish(w);
	return NULL;
}

bool writer_settle(struct writer *w, unsigned int alive,
	void (*summary)(const struct run_result *, void *), void *data)
{
	bool done, first;

	pthread_mutex_lock(&w->lock);
	first = !w->settle_asked;
	if (first) {
		w->summary.done = summary;
		w->summary.data = data;
		w->result.left = alive;
	}
	w->settle_asked = true;
	/*
	 * The record is whole and readable before the log is folded into one file.
	 * That waits for the disk, and in the same journal for all that the command
	 * wrote: past its patience the command's status goes out before.
	 */
	done = w->settle_done ||
		(w->settle_whole && io_monotonic_ns() - w->whole_ns > FOLD_PATIENCE_NS);
	pthread_mutex_unlock(&w->lock);
	if (first)
		ring_wake(&w->ring);
	return done;
}

int writer_finish(struct writer *w)
{
	int error;

	pthread_mutex_lock(&w->lock);
	w->finish_asked = true;
	pthread_mutex_unlock(&w->lock);
	ring_wake(&w->ring);
	pthread_join(w->thread, NULL);
	error = w->error;
	ring_release(&w->ring);
	apply_release(&w->apply);
	run_release(&w->run);
	return error;
}

/* Where memory is limited (ulimit -v), 8 MiB of stack may be too much to ask for. */
static int start_thread(struct writer *w)
{
	pthread_attr_t attr;
	int e;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, WRITER_STACK);
	e = pthread_create(&w->thread, &attr, writer_thread, w);
	pthread_attr_destroy(&attr);
	return -e;
}

int writer_start(struct writer *w, struct db *db, const struct run_facts *facts,
	const struct scope *scope, struct words *words)
{
	int r;

	memset(w, 0, sizeof *w);
	w->sink = writer_sink;
	w->scope = scope;
	w->apply.run = &w->run;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->on_disk, NULL);
	early_begin(&w->apply.early);
	/*
	 * SQLite waits for the disk when it begins a log, and the command would
	 * wait with it, to save a row on which nothing hangs yet.
	 */
	db_wait(db, DB_WAIT_NOTHING);
	run_init(&w->run, db);
	r = run_add(&w->run, facts, HEARTBEAT_S);
	if (r < 0) /* said at once: what comes next leaves another error, or none */
		words_set(words, r, "cannot write to the database %s: %s", db_path(db),
			db_error(db));
	db_wait(db, DB_WAIT_ORDER);
	if (r < 0)
		return r;
	r = ring_init(&w->ring, RING_SIZE);
	if (r == 0)
		r = start_thread(w);
	return r < 0 ? words_set(words, r, "cannot start the writer: %s", strerror(-r)) : 0;
}
