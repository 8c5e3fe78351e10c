/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The blocks go round in a ring: the caller fills one, any worker compresses
 * it, and the caller writes it when it is the oldest and its place is needed.
 */
#include "package/gzip.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/cleanup.h"
#include "base/io.h"

#define BLOCK (512U * 1024) /* what zlib looks back, 32 KiB, is lost at the seams: 1% */
#define WORKERS 4
#define RING (2 * WORKERS)

struct block {
	unsigned char *in, *out;
	size_t in_len, out_len;
	uint32_t crc;
	bool done, failed;
};

struct gzip {
	int fd;
	struct block ring[RING];
	unsigned int filled, taken, written; /* counts: a block's place is its count modulo RING */
	uint32_t crc, size;
	bool stop;
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	pthread_t workers[WORKERS];
	unsigned int worker_count;
};

/* Ends on a byte, so that the next block can follow. */
static void compress_block(struct block *b)
{
	z_stream z = { .next_in = b->in, .avail_in = (uInt)b->in_len, .next_out = b->out, .avail_out = 2 * BLOCK };

	/* Level 1: 40% of the time of the usual one, for 7% of the size. */
	b->failed = deflateInit2(&z, 1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK;
	if (b->failed)
		return;
	b->failed = deflate(&z, Z_SYNC_FLUSH) != Z_OK || z.avail_in || !z.avail_out;
	b->out_len = 2 * BLOCK - z.avail_out;
	b->crc = (uint32_t)crc32(0, b->in, (uInt)b->in_len);
	deflateEnd(&z);
}

static void *work(void *data)
{
	struct gzip *g = data;
	struct block *b;

	pthread_mutex_lock(&g->lock);
	for (;;) {
		while (g->taken == g->filled && !g->stop)
			pthread_cond_wait(&g->work, &g->lock);
		if (g->stop)
			break;
		b = &g->ring[g->taken++ % RING];
		pthread_mutex_unlock(&g->lock);
		compress_block(b);
		pthread_mutex_lock(&g->lock);
		b->done = true;
		pthread_cond_signal(&g->done);
	}
	pthread_mutex_unlock(&g->lock);
	return NULL;
}

static int write_oldest(struct gzip *g)
{
	struct block *b = &g->ring[g->written % RING];
	int r;

	pthread_mutex_lock(&g->lock);
	while (!b->done)
		pthread_cond_wait(&g->done, &g->lock);
	pthread_mutex_unlock(&g->lock);
	if (b->failed)
		return -ENOMEM;
	r = io_write_all(g->fd, b->out, b->out_len);
	g->crc = (uint32_t)crc32_combine(g->crc, b->crc, (z_off_t)b->in_len);
	g->size += (uint32_t)b->in_len;
	b->in_len = 0;
	b->done = false;
	g->written++;
	return r;
}

static void hand_to_workers(struct gzip *g)
{
	pthread_mutex_lock(&g->lock);
	g->filled++;
	pthread_cond_signal(&g->work);
	pthread_mutex_unlock(&g->lock);
}

int gzip_write(struct gzip *g, const void *data, size_t n)
{
	const unsigned char *at = data;
	int r = 0;

	while (r >= 0 && n > 0) {
		struct block *b = &g->ring[g->filled % RING];
		size_t part;

		if (g->filled - g->written == RING) {
			r = write_oldest(g);
			continue;
		}
		part = BLOCK - b->in_len < n ? BLOCK - b->in_len : n;
		memcpy(b->in + b->in_len, at, part);
		b->in_len += part;
		at += part;
		n -= part;
		if (b->in_len == BLOCK)
			hand_to_workers(g);
	}
	return r < 0 ? r : 0;
}

static void put32(unsigned char *to, uint32_t n)
{
	int i;

	for (i = 0; i < 4; i++)
		to[i] = (unsigned char)(n >> 8 * i);
}

int gzip_end(struct gzip *g)
{
	unsigned char tail[10] = { 3, 0 }; /* an empty last block, then the sum and the size */
	int r = 0;

	if (g->filled - g->written < RING && g->ring[g->filled % RING].in_len)
		hand_to_workers(g);
	while (r >= 0 && g->written != g->filled)
		r = write_oldest(g);
	put32(tail + 2, g->crc);
	put32(tail + 6, g->size);
	return r < 0 ? r : io_write_all(g->fd, tail, sizeof tail);
}

static int start(struct gzip *g)
{
	static const unsigned char head[10] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3 }; /* no time, no name */
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t i;

	for (i = 0; i < RING; i++) {
		g->ring[i].in = malloc(BLOCK);
		g->ring[i].out = malloc(2 * BLOCK);
		if (!g->ring[i].in || !g->ring[i].out)
			return -ENOMEM;
	}
	while (g->worker_count < WORKERS && (long)g->worker_count < processors &&
		pthread_create(&g->workers[g->worker_count], NULL, work, g) == 0)
		g->worker_count++;
	return g->worker_count ? io_write_all(g->fd, head, sizeof head) : -EAGAIN;
}

struct gzip *gzip_new(int fd)
{
	struct gzip *g = calloc(1, sizeof *g);

	if (!g)
		return NULL;
	g->fd = fd;
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->work, NULL);
	pthread_cond_init(&g->done, NULL);
	if (start(g) >= 0)
		return g;
	gzip_free(g);
	return NULL;
}

void gzip_free(struct gzip *g)
{
	size_t i;

	if (!g)
		return;
	pthread_mutex_lock(&g->lock);
	g->stop = true;
	pthread_cond_broadcast(&g->work);
	pthread_mutex_unlock(&g->lock);
	for (i = 0; i < g->worker_count; i++)
		pthread_join(g->workers[i], NULL);
	for (i = 0; i < RING; i++) {
		free(g->ring[i].in);
		free(g->ring[i].out);
	}
	pthread_cond_destroy(&g->work);
	pthread_cond_destroy(&g->done);
	pthread_mutex_destroy(&g->lock);
	free(g);
}
