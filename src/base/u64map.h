/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_U64MAP_H
#define BASE_U64MAP_H
/*
 * A small map from a 64-bit hash to a number, 12 bytes a slot. uthash would
 * take 56 bytes more for each of the hundreds of thousands of names of a run.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct u64map {
	uint64_t *keys; /* 0: the slot is free */
	uint32_t *values;
	size_t slots, used;
};

void u64map_release(struct u64map *m);
/* The value at key, or NULL; good until the next put. Key 0 counts as 1. */
uint32_t *u64map_get(const struct u64map *m, uint64_t key);
/* The value at key, added as 0 if it was not there (*added says so). NULL: no memory. */
uint32_t *u64map_put(struct u64map *m, uint64_t key, bool *added);

#endif
