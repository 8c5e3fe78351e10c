/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_RING_H
#define BASE_RING_H
/*
 * A queue of byte records from one thread to one other, of a fixed size. The
 * producer waits only when it is full; the consumer looks every few
 * milliseconds, or at once when it is woken.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring {
	char *data;
	size_t size; /* a power of two */
	_Atomic size_t head, tail; /* ever growing: where the producer and the consumer are */
	pthread_mutex_t lock;
	pthread_cond_t filled, drained;
	_Atomic bool producer_waits;
	bool woken;
};

int ring_init(struct ring *r, size_t size);
void ring_release(struct ring *r);

/* Room for a record of n bytes; write it there, then ring_push. Waits when full. */
void *ring_room(struct ring *r, size_t n);
void ring_push(struct ring *r);
/* Wakes the consumer now. */
void ring_wake(struct ring *r);

/* The oldest record, or NULL. It stays until ring_pop. */
const void *ring_peek(struct ring *r, size_t *n);
void ring_pop(struct ring *r);
/* Waits until woken, half full, or ms have passed. */
void ring_wait(struct ring *r, int ms);

#endif
