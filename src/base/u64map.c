/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/u64map.h"

#include <stdlib.h>

void u64map_release(struct u64map *m)
{
	free(m->keys);
	free(m->values);
	*m = (struct u64map){ 0 };
}

/* The keys are hashes already, so their low bits will do. */
static size_t slot_of(const struct u64map *m, uint64_t key)
{
	size_t i = (size_t)key & (m->slots - 1);

	while (m->keys[i] && m->keys[i] != key)
		i = (i + 1) & (m->slots - 1);
	return i;
}

uint32_t *u64map_get(const struct u64map *m, uint64_t key)
{
	size_t i;

	if (!m->slots)
		return NULL;
	i = slot_of(m, key ? key : 1);
	return m->keys[i] ? &m->values[i] : NULL;
}

static bool grow(struct u64map *m)
{
	struct u64map bigger = { .slots = m->slots ? m->slots * 2 : 256, .used = m->used };
	size_t i;

	bigger.keys = calloc(bigger.slots, sizeof *bigger.keys);
	bigger.values = calloc(bigger.slots, sizeof *bigger.values);
	if (!bigger.keys || !bigger.values) {
		u64map_release(&bigger);
		return false;
	}
	for (i = 0; i < m->slots; i++) {
		if (m->keys[i]) {
			size_t to = slot_of(&bigger, m->keys[i]);

			bigger.keys[to] = m->keys[i];
			bigger.values[to] = m->values[i];
		}
	}
	u64map_release(m);
	*m = bigger;
	return true;
}

uint32_t *u64map_put(struct u64map *m, uint64_t key, bool *added)
{
	size_t i;

	if (m->used * 4 >= m->slots * 3 && !grow(m))
		return NULL;
	key = key ? key : 1;
	i = slot_of(m, key);
	*added = m->keys[i] == 0;
	if (*added) {
		m->keys[i] = key;
		m->used++;
	}
	return &m->values[i];
}
