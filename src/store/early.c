/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/early.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/mix.h"

/* What is remembered at most; the rest is read at the end. */
#define NOTED_MAX 32768U
#define RESULTS_MAX 65536U
/* A read may hang on a file server that one of our tasks is, and that task stand in a stop. */
#define PATIENCE_S 1
/* File systems stamp by a clock that ticks every 1 to 10 ms. */
#define SETTLED_NS (50 * 1000000LL)

struct early_job {
	struct early_job *next;
	uint32_t file, changes;
	char path[];
};

struct early_opener {
	uint32_t life;
	bool forked;
	struct early_job *opened;
	UT_hash_handle hh;
};

struct early_file {
	uint32_t changes; /* opens and other calls that may have changed it */
	uint16_t open;    /* by how many, that have not ended */
	bool shared;      /* somebody who is not known may hold it open */
};

struct early_result {
	uint32_t changes;
	struct inode was;
	unsigned char hash[SHA256_LEN];
};

void early_begin(struct early *e)
{
	memset(e, 0, sizeof *e);
	e->last = &e->first;
	pthread_mutex_init(&e->lock, NULL);
	pthread_cond_init(&e->wake, NULL);
}

static struct early_file *file_of(struct early *e, uint32_t number)
{
	size_t room = e->file_room ? e->file_room : 1024;
	struct early_file *files;

	if (number < e->file_room)
		return &e->files[number];
	while (room <= number)
		room *= 2;
	files = realloc(e->files, room * sizeof *files);
	if (!files)
		return NULL;
	memset(files + e->file_room, 0, (room - e->file_room) * sizeof *files);
	e->files = files;
	e->file_room = room;
	return &files[number];
}

static struct early_opener *find_opener(const struct early *e, uint32_t life)
{
	struct early_opener *o;

	HASH_FIND_INT(e->openers, &life, o);
	return o;
}

static struct early_opener *add_opener(struct early *e, uint32_t life)
{
	struct early_opener *o = find_opener(e, life);

	if (o)
		return o;
	o = calloc(1, sizeof *o);
	if (!o)
		return NULL;
	o->life = life;
	HASH_ADD_INT(e->openers, life, o);
	if (hash_added(o) < 0) {
		free(o);
		return NULL;
	}
	return o;
}

void early_changed(struct early *e, uint32_t file)
{
	struct early_file *f = file ? file_of(e, file) : NULL;

	if (f)
		f->changes++;
}

void early_opened(struct early *e, uint32_t life, uint32_t file, const char *path)
{
	struct early_file *f = file ? file_of(e, file) : NULL;
	struct early_opener *o;
	struct early_job *job = NULL;
	size_t n = strlen(path) + 1;

	if (!f)
		return;
	f->changes++;
	if (f->shared)
		return;
	o = e->noted < NOTED_MAX ? add_opener(e, life) : NULL;
	if (o && f->open < UINT16_MAX)
		job = malloc(sizeof *job + n);
	if (!job) {
		f->shared = true;
		return;
	}
	job->file = file;
	memcpy(job->path, path, n);
	job->next = o->opened;
	o->opened = job;
	f->open++;
	e->noted++;
}

void early_forked(struct early *e, uint32_t life)
{
	struct early_opener *o = find_opener(e, life);

	if (o)
		o->forked = true;
}

/* Its file has settled down: not one that was written just now. False: it is not to be read. */
static bool wait_for_settled(struct early *e, const struct inode *now)
{
	int64_t settled = now->mtime_ns + SETTLED_NS;
	struct timespec until = { settled / 1000000000, settled % 1000000000 };
	bool stop;

	if (settled > io_now_ns() + SETTLED_NS)
		return false; /* a time of the future: nobody knows when it was written */
	pthread_mutex_lock(&e->lock);
	while (!e->stop && io_now_ns() <= settled)
		pthread_cond_timedwait(&e->wake, &e->lock, &until);
	stop = e->stop;
	pthread_mutex_unlock(&e->lock);
	return !stop;
}

static bool same_content(const struct inode *a, const struct inode *b)
{
	return inode_identity(a) == inode_identity(b) && a->size == b->size &&
		a->mtime_ns == b->mtime_ns;
}

static void keep_result(struct early *e, const struct early_job *job,
	const struct early_result *result)
{
	struct early_result *more = e->results;
	size_t room = e->room ? e->room : 256;
	uint32_t *at;
	bool added;

	if (e->count == e->room) {
		room *= e->room ? 2 : 1;
		more = e->count < RESULTS_MAX ? realloc(e->results, room * sizeof *more) : NULL;
		if (!more)
			return;
		e->results = more;
		e->room = room;
	}
	at = u64map_put(&e->at, mix64(job->file), &added);
	if (!at)
		return;
	if (added)
		*at = (uint32_t)e->count++;
	e->results[*at] = *result;
}

static bool is_stopped(void *data)
{
	struct early *e = data;
	bool stop;

	pthread_mutex_lock(&e->lock);
	stop = e->stop;
	pthread_mutex_unlock(&e->lock);
	return stop;
}

static void read_file(struct early *e, const struct early_job *job)
{
	struct early_result result = { .changes = job->changes };
	_cleanup_close_ int fd = io_open_content(AT_FDCWD, job->path);
	struct inode after;

	if (fd < 0 || inode_stat(&result.was, fd, "", AT_EMPTY_PATH) < 0 ||
		!S_ISREG(result.was.mode))
		return;
	if (!wait_for_settled(e, &result.was) ||
		digest_sha256_unless(fd, is_stopped, e, result.hash) < 0)
		return;
	if (inode_stat(&after, fd, "", AT_EMPTY_PATH) < 0 || !same_content(&result.was, &after))
		return;
	pthread_mutex_lock(&e->lock);
	keep_result(e, job, &result);
	pthread_mutex_unlock(&e->lock);
}

static struct early_job *next_job(struct early *e)
{
	struct early_job *job = NULL;

	pthread_mutex_lock(&e->lock);
	e->reading = false;
	pthread_cond_broadcast(&e->wake);
	while (!e->stop && !e->first)
		pthread_cond_wait(&e->wake, &e->lock);
	if (!e->stop) {
		job = e->first;
		e->first = job->next;
		if (!e->first)
			e->last = &e->first;
		e->waiting--;
		e->reading = true;
	}
	pthread_mutex_unlock(&e->lock);
	return job;
}

/*
 * SCHED_IDLE: the command never waits for it, neither for a CPU nor, by
 * the I/O class that goes with it, for a disk.
 */
static void *reader(void *data)
{
	struct sched_param none = { 0 };
	struct early *e = data;
	struct early_job *job;

	if (sched_setscheduler(0, SCHED_IDLE, &none) < 0)
		early_let_go(e);
	while ((job = next_job(e))) {
		read_file(e, job);
		free(job);
	}
	return NULL;
}

/* False: it is not taken. */
static bool push(struct early *e, struct early_job *job)
{
	bool taken;

	pthread_mutex_lock(&e->lock);
	taken = !e->stop && e->waiting < NOTED_MAX;
	if (taken) {
		job->next = NULL;
		*e->last = job;
		e->last = &job->next;
		e->waiting++;
		pthread_cond_broadcast(&e->wake);
	}
	pthread_mutex_unlock(&e->lock);
	if (taken && !e->has_thread) {
		e->has_thread = pthread_create(&e->thread, NULL, reader, e) == 0;
		if (!e->has_thread)
			early_let_go(e);
	}
	return taken;
}

static void close_one(struct early *e, struct early_job *job, bool forked)
{
	struct early_file *f = &e->files[job->file];

	e->noted--;
	f->open--;
	f->shared |= forked;
	job->changes = f->changes;
	if (f->open || f->shared || !push(e, job))
		free(job);
}

static struct early_job *in_order(struct early_job *list)
{
	struct early_job *out = NULL, *next;

	for (; list; list = next) {
		next = list->next;
		list->next = out;
		out = list;
	}
	return out;
}

void early_ended(struct early *e, uint32_t life)
{
	struct early_opener *o = find_opener(e, life);
	struct early_job *job, *next;

	if (!o)
		return;
	for (job = in_order(o->opened); job; job = next) {
		next = job->next;
		close_one(e, job, o->forked);
	}
	HASH_DEL(e->openers, o);
	free(o);
}

static void free_jobs(struct early_job *job)
{
	struct early_job *next;

	for (; job; job = next) {
		next = job->next;
		free(job);
	}
}

void early_let_go(struct early *e)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_S;
	pthread_mutex_lock(&e->lock);
	e->stop = true;
	pthread_cond_broadcast(&e->wake);
	while (e->reading && pthread_cond_timedwait(&e->wake, &e->lock, &until) == 0)
		;
	pthread_mutex_unlock(&e->lock);
}

void early_release(struct early *e)
{
	struct early_opener *o, *next;

	early_let_go(e);
	if (e->has_thread)
		pthread_join(e->thread, NULL);
	free_jobs(e->first);
	HASH_ITER(hh, e->openers, o, next) {
		HASH_DEL(e->openers, o);
		free_jobs(o->opened);
		free(o);
	}
	free(e->files);
	free(e->results);
	u64map_release(&e->at);
	pthread_cond_destroy(&e->wake);
	pthread_mutex_destroy(&e->lock);
}

bool early_hash(struct early *e, uint32_t file, const struct inode *now,
	unsigned char out[SHA256_LEN])
{
	const uint32_t *at = file ? u64map_get(&e->at, mix64(file)) : NULL;
	const struct early_result *result = at ? &e->results[*at] : NULL;

	if (!result || result->changes != e->files[file].changes ||
		!same_content(&result->was, now))
		return false;
	memcpy(out, result->hash, SHA256_LEN);
	return true;
}
