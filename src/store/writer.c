/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/io.h"
#include "store/liveness.h"
#include "store/message.h"

/* 8 MiB of queue: a second of the fastest stops, while a disk makes up its mind. */
#define RING_SIZE (8U << 20)
#define WRITER_STACK (1U << 20)
#define COMMIT_NS 400000000LL
#define IDLE_MS 150
#define FOLD_PATIENCE_NS 30000000LL

/*
 * How long until we are heard of again, in seconds: short while the command
 * runs, so that a recorder that was killed is soon known to be; longer for what
 * stays behind it, perhaps for months. Twice as often as promised.
 */
#define HEARTBEAT_S 3
#define HEARTBEAT_BEHIND_S 60
#define HEARTBEAT_SETTLE_S 600

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

static void put_strings(struct sink *s, struct message *m, const char *a, const char *b, const char *c)
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

static void sink_note(struct sink *s, const char *text)
{
	struct message m = { .kind = MSG_NOTE };

	put_strings(s, &m, text, NULL, NULL);
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
	early_let_go(&((struct writer *)s)->early);
}

static const struct sink writer_sink = {
	.process_begin = sink_process_begin,
	.process_end = sink_process_end,
	.exec_begin = sink_exec_begin,
	.event = sink_event,
	.touch = sink_touch,
	.original = sink_original,
	.place = sink_place,
	.alias = sink_alias,
	.note = sink_note,
	.command_end = sink_command_end,
	.let_go = sink_let_go,
};

/* The thread. */

void writer_note(struct writer *w, const char *text)
{
	_cleanup_free_ char *old = w->notes;
	size_t n = old ? strlen(old) : 0;

	w->notes = NULL;
	if (old && strstr(old, text)) {
		w->notes = STEAL(old);
		return;
	}
	w->notes = malloc(n + strlen(text) + 2);
	if (!w->notes) {
		w->notes = STEAL(old);
		return;
	}
	memcpy(w->notes, old ? old : "", n);
	if (n)
		w->notes[n++] = '\n';
	memcpy(w->notes + n, text, strlen(text) + 1);
	w->notes_changed = true;
}

int writer_begin(struct writer *w)
{
	int r;

	if (w->in_transaction)
		return 0;
	r = db_begin(w->db, &w->sequence);
	w->in_transaction = r == 0;
	return r;
}

static int64_t heartbeat(const struct writer *w)
{
	return w->settle_done ? HEARTBEAT_BEHIND_S : HEARTBEAT_S;
}

int writer_commit(struct writer *w)
{
	int r = 0;

	if (!w->in_transaction)
		return 0;
	if (w->notes_changed)
		r = db_run(w->db, Q_RUN_NOTES, "is", w->run_id, w->notes);
	if (r == 0)
		r = db_run(w->db, Q_RUN_HEARTBEAT, "ii", w->run_id, heartbeat(w));
	if (r == 0)
		r = db_run(w->db, Q_SEQUENCE_SET, "i", w->sequence);
	if (r == 0)
		r = db_exec(w->db, "COMMIT");
	if (r < 0)
		return r;
	w->notes_changed = false;
	w->in_transaction = false;
	w->last_commit_ns = io_monotonic_ns();
	return 0;
}

/* The record is broken from here on; the build goes on without it. */
static void fail(struct writer *w, int error)
{
	char text[128];

	if (w->error == 0) {
		w->error = error;
		snprintf(text, sizeof text, "the database could not be written (%s): the record is not whole",
			strerror(-error));
		writer_note(w, text);
	}
	if (w->in_transaction)
		db_exec(w->db, "ROLLBACK");
	w->in_transaction = false;
}

static void drain(struct writer *w)
{
	const void *m;
	size_t n;
	int r;

	while ((m = ring_peek(&w->ring, &n))) {
		r = w->error ? 0 : writer_begin(w);
		if (r == 0)
			r = writer_apply(w, m);
		if (r < 0)
			fail(w, r);
		ring_pop(&w->ring);
		/* Short transactions let other auditors in, and keep the log small. */
		if (w->in_transaction && (w->events & 4095) == 4095 &&
			io_monotonic_ns() - w->last_commit_ns > COMMIT_NS) {
			r = writer_commit(w);
			if (r < 0)
				fail(w, r);
		}
	}
	r = writer_commit(w);
	if (r < 0)
		fail(w, r);
}

static void beat(struct writer *w)
{
	if (w->error == 0 && io_monotonic_ns() - w->last_commit_ns > heartbeat(w) * 500000000LL &&
		writer_begin(w) == 0 && writer_commit(w) < 0)
		fail(w, -EIO);
}

static void count(struct writer *w)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	struct run_result *res = &w->result;

	if (db_rows(&rows, w->db, Q_RUN_RESULT, "i", w->run_id) < 0 || rows_next(&rows) <= 0)
		return;
	res->created = rows_int(&rows, 0);
	res->modified = rows_int(&rows, 1);
	res->removed = rows_int(&rows, 2);
	res->excluded = rows_int(&rows, 3);
	res->processes = rows_int(&rows, 4);
}

/* The folder that holds all that is excluded: what the first and the last name have in common. */
static void name_excluded(struct writer *w)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	char *out = w->result.excluded_below;
	const char *first, *last;
	size_t i, folder = 0;

	out[0] = '\0';
	if (db_rows(&rows, w->db, Q_RUN_EXCLUDED, "i", w->run_id) < 0 || rows_next(&rows) <= 0)
		return;
	first = rows_text(&rows, 0);
	last = rows_text(&rows, 1);
	for (i = 0; first[i] && first[i] == last[i]; i++)
		if (first[i] == '/')
			folder = i;
	if (i > 0 && (first[i] == '/' || last[i] == '/') && (!first[i] || !last[i]))
		folder = i; /* one of the two is the folder itself */
	snprintf(out, sizeof w->result.excluded_below, "%.*s", (int)folder, first);
}

static int settle_rows(struct writer *w)
{
	int r;

	/* Hashing may take its time, and says nothing meanwhile. */
	db_run(w->db, Q_RUN_HEARTBEAT, "ii", w->run_id, (int64_t)HEARTBEAT_SETTLE_S);
	early_let_go(&w->early);
	r = writer_manifest(w);

	if (r == 0)
		r = writer_begin(w);
	if (r == 0)
		r = db_run(w->db, Q_PROCESS_FILES, "i", w->run_id);
	if (r == 0)
		r = db_run(w->db, Q_RUN_COUNTS, "i", w->run_id);
	if (r == 0)
		r = writer_commit(w);
	return r;
}

/* With a full disk even this may fail; then the heartbeat's silence tells it. */
static void close_run(struct writer *w)
{
	int r;

	do
		r = db_run(w->db, Q_RUN_STATE, "is", w->run_id, w->error ? "incomplete" : "complete");
	while (r == -EBUSY);
	if (w->error)
		db_run(w->db, Q_RUN_NOTES, "is", w->run_id, w->notes);
	w->closed = true;
}

static void settle(struct writer *w)
{
	int r = w->error ? w->error : settle_rows(w);

	if (r < 0)
		fail(w, r);
	count(w);
	if (w->result.excluded)
		name_excluded(w);
	w->result.run_id = w->run_id;
	w->result.error = w->error;
}

static void finish(struct writer *w)
{
	if (w->closed)
		return;
	if (w->error == 0)
		settle(w);
	close_run(w);
	db_settle(w->db);
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
	w->summary.done(&w->result, w->summary.data);
	tell(w, &w->settle_whole);
	if (w->closed)
		db_settle(w->db);
	tell(w, &w->settle_done);
}

static void *writer_thread(void *data)
{
	struct writer *w = data;
	bool asked, last;

	do {
		ring_wait(&w->ring, IDLE_MS);
		pthread_mutex_lock(&w->lock);
		asked = w->settle_asked && !w->settle_done;
		last = w->finish_asked;
		pthread_mutex_unlock(&w->lock);
		drain(w);
		beat(w);
		if (asked)
			settle_command(w);
	} while (!last);
	finish(w);
	return NULL;
}

bool writer_settle(struct writer *w, unsigned int alive, void (*summary)(const struct run_result *, void *), void *data)
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
	done = w->settle_done || (w->settle_whole && io_monotonic_ns() - w->whole_ns > FOLD_PATIENCE_NS);
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
	free(w->processes.ids);
	free(w->execs.ids);
	free(w->contents.ids);
	free(w->touchers.ids);
	free(w->in_place.ids);
	u64map_release(&w->paths);
	early_release(&w->early);
	free(w->notes);
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

static int add_run(struct writer *w, const struct run_facts *f)
{
	_cleanup_free_ char *self = liveness_self();
	struct utsname u;
	char kernel[256];
	int r;

	/*
	 * SQLite waits for the disk when it begins a log, and the command would
	 * wait with it, to save a row on which nothing hangs yet.
	 */
	db_wait_for_disk(w->db, false);
	uname(&u);
	snprintf(kernel, sizeof kernel, "%s %s %s", u.sysname, u.release, u.machine);
	do
		r = db_run(w->db, Q_RUN_ADD, "sssississI", f->label, f->argv, f->cwd, (int64_t)f->uid,
			u.nodename, kernel, w->started_ns, self ? self : "", f->kind,
			f->of_run ? &f->of_run : NULL);
	while (r == -EBUSY);
	db_wait_for_disk(w->db, true);
	w->run_id = db_last_id(w->db);
	return r;
}

int writer_start(struct writer *w, struct db *db, const struct run_facts *facts, struct words *words)
{
	int r;

	memset(w, 0, sizeof *w);
	w->sink = writer_sink;
	w->db = db;
	w->scope = facts->scope;
	w->started_ns = io_now_ns();
	w->last_commit_ns = io_monotonic_ns();
	pthread_mutex_init(&w->lock, NULL);
	early_begin(&w->early);
	r = add_run(w, facts);
	if (r < 0)
		return words_set(words, r, "cannot write to the database %s: %s", db_path(db), db_error(db));
	r = ring_init(&w->ring, RING_SIZE);
	if (r == 0)
		r = start_thread(w);
	return r < 0 ? words_set(words, r, "cannot start the writer: %s", strerror(-r)) : 0;
}
