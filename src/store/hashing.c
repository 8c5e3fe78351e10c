/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/hashing.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mix.h"

#define HASHERS_MAX 8
/* Below this a thread costs more than it saves. */
#define WORTH_A_THREAD (512U * 1024)

struct queue {
	struct hash_job *jobs;
	size_t count;
	_Atomic size_t next;
};

void hashing_release(struct hashing *h)
{
	u64map_release(&h->numbers);
	free(h->hashes);
	*h = (struct hashing){ 0 };
}

static void hash_file(const struct hash_job *job)
{
	_cleanup_close_ int fd = io_open_content(AT_FDCWD, job->path);

	if (fd >= 0 && digest_sha256(fd, job->hash) == 0)
		*job->done = true;
}

static void *hasher(void *data)
{
	struct queue *q = data;
	size_t i;

	while ((i = atomic_fetch_add(&q->next, 1)) < q->count)
		hash_file(&q->jobs[i]);
	return NULL;
}

/* The largest first, so that none is left running alone at the end. */
static int by_size(const void *a, const void *b)
{
	uint64_t x = ((const struct hash_job *)a)->now->size,
		 y = ((const struct hash_job *)b)->now->size;

	return x > y ? -1 : x < y;
}

static void hash_all(struct hash_job *jobs, size_t count)
{
	struct queue q = { .jobs = jobs, .count = count };
	pthread_t threads[HASHERS_MAX];
	uint64_t bytes = 0;
	cpu_set_t cpus;
	int n = 1, started = 0;
	size_t i;

	for (i = 0; i < count; i++)
		bytes += jobs[i].now->size + 4096;
	if (bytes > WORTH_A_THREAD && sched_getaffinity(0, sizeof cpus, &cpus) == 0)
		n = CPU_COUNT(&cpus);
	qsort(jobs, count, sizeof *jobs, by_size);
	while (started < n - 1 && started < HASHERS_MAX && (size_t)started + 1 < count &&
		pthread_create(&threads[started], NULL, hasher, &q) == 0)
		started++;
	hasher(&q);
	while (started > 0)
		pthread_join(threads[--started], NULL);
}

static uint64_t key_of(const struct inode *i)
{
	return mix64(inode_identity(i) ^ mix64((uint64_t)i->ctime_ns));
}

/* The place of a file with several names; NULL when nothing is known of it yet. */
static unsigned char *known(struct hashing *h, const struct inode *i)
{
	uint32_t *number = i->nlink > 1 ? u64map_get(&h->numbers, key_of(i)) : NULL;

	return number && *number ? h->hashes[*number - 1] : NULL;
}

static void remember(struct hashing *h, const struct hash_job *job)
{
	uint32_t *number;
	bool added;

	if (job->now->nlink < 2 || !*job->done)
		return;
	if (h->count == h->room) {
		size_t room = h->room ? h->room * 2 : 64;
		void *more = realloc(h->hashes, room * sizeof *h->hashes);

		if (!more)
			return;
		h->hashes = more;
		h->room = room;
	}
	number = u64map_put(&h->numbers, key_of(job->now), &added);
	if (!number)
		return;
	memcpy(h->hashes[h->count], job->hash, SHA256_LEN);
	*number = (uint32_t)++h->count;
}

static void copy_known(struct hashing *h, const struct hash_job *job)
{
	const unsigned char *hash = known(h, job->now);

	if (hash) {
		memcpy(job->hash, hash, SHA256_LEN);
		*job->done = true;
	}
}

/* Moves those that must be read to the front: of one file's names the first. Their count. */
static size_t sort_out(const struct hashing *h, struct hash_job *jobs, size_t count)
{
	struct u64map seen = { 0 };
	size_t i, n = 0;

	for (i = 0; i < count; i++) {
		bool fresh = true;
		struct hash_job job = jobs[i];

		if (job.now->nlink > 1)
			fresh = !u64map_get(&h->numbers, key_of(job.now)) &&
				(!u64map_put(&seen, key_of(job.now), &fresh) || fresh);
		if (!fresh)
			continue;
		jobs[i] = jobs[n];
		jobs[n++] = job;
	}
	u64map_release(&seen);
	return n;
}

void hashing_run(struct hashing *h, struct hash_job *jobs, size_t count)
{
	size_t to_read = sort_out(h, jobs, count), i;

	hash_all(jobs, to_read);
	for (i = 0; i < to_read; i++)
		remember(h, &jobs[i]);
	for (i = to_read; i < count; i++)
		copy_known(h, &jobs[i]);
}
