/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/ring.h"

#include <errno.h>
#include <sys/mman.h>
#include <time.h>

#include "base/log.h"

/* Before each record: its length, and whether it is only the gap before the end of the memory. */
struct record {
	uint32_t size; /* of the record and this head, a multiple of 8 */
	uint32_t length;
};

#define GAP UINT32_MAX

int ring_init(struct ring *r, size_t size)
{
	pthread_condattr_t attr;

	*r = (struct ring){ .size = size };
	/* Anonymous memory is there only once it is written to: a short run costs a few pages. */
	r->data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (r->data == MAP_FAILED)
		return -errno;
	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->filled, &attr);
	pthread_cond_init(&r->drained, &attr);
	pthread_condattr_destroy(&attr);
	return 0;
}

void ring_release(struct ring *r)
{
	if (r->data)
		munmap(r->data, r->size);
	r->data = NULL;
}

static void wait_on(struct ring *r, pthread_cond_t *cond, int ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (ms % 1000) * 1000000L;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_cond_timedwait(cond, &r->lock, &until);
}

static size_t used(const struct ring *r)
{
	return atomic_load_explicit(&r->head, memory_order_acquire) -
		atomic_load_explicit(&r->tail, memory_order_acquire);
}

static void wait_for_room(struct ring *r, size_t need)
{
	while (r->size - used(r) < need) {
		pthread_mutex_lock(&r->lock);
		atomic_store(&r->producer_waits, true);
		r->woken = true;
		pthread_cond_signal(&r->filled);
		if (r->size - used(r) < need)
			wait_on(r, &r->drained, 10);
		atomic_store(&r->producer_waits, false);
		pthread_mutex_unlock(&r->lock);
	}
}

static struct record *at(const struct ring *r, size_t position)
{
	return (struct record *)(void *)(r->data + (position & (r->size - 1)));
}

void *ring_room(struct ring *r, size_t n)
{
	size_t size = (sizeof(struct record) + n + 7) & ~(size_t)7;
	size_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	size_t to_end = r->size - (head & (r->size - 1));

	if (size > r->size / 4)
		BUG("a record of %zu bytes", n);
	if (to_end < size) {
		wait_for_room(r, to_end);
		*at(r, head) = (struct record){ (uint32_t)to_end, GAP };
		head += to_end;
		atomic_store_explicit(&r->head, head, memory_order_release);
	}
	wait_for_room(r, size);
	*at(r, head) = (struct record){ (uint32_t)size, (uint32_t)n };
	return at(r, head) + 1;
}

void ring_push(struct ring *r)
{
	size_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	size_t before = used(r), size = at(r, head)->size;

	atomic_store_explicit(&r->head, head + size, memory_order_release);
	if (before < r->size / 2 && before + size >= r->size / 2)
		ring_wake(r);
}

void ring_wake(struct ring *r)
{
	pthread_mutex_lock(&r->lock);
	r->woken = true;
	pthread_cond_signal(&r->filled);
	pthread_mutex_unlock(&r->lock);
}

const void *ring_peek(struct ring *r, size_t *n)
{
	size_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	const struct record *record;

	if (used(r) == 0)
		return NULL;
	record = at(r, tail);
	if (record->length == GAP) {
		ring_pop(r);
		return ring_peek(r, n);
	}
	*n = record->length;
	return record + 1;
}

void ring_pop(struct ring *r)
{
	size_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);

	atomic_store_explicit(&r->tail, tail + at(r, tail)->size, memory_order_release);
	if (atomic_load(&r->producer_waits)) {
		pthread_mutex_lock(&r->lock);
		pthread_cond_signal(&r->drained);
		pthread_mutex_unlock(&r->lock);
	}
}

void ring_wait(struct ring *r, int ms)
{
	pthread_mutex_lock(&r->lock);
	if (!r->woken && used(r) < r->size / 2)
		wait_on(r, &r->filled, ms);
	r->woken = false;
	pthread_mutex_unlock(&r->lock);
}
