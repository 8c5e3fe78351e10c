/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/numbers.h"

#include <errno.h>

#include "base/mix.h"

int numbers_put(struct u64map *map, uint32_t file, size_t place)
{
	bool added;
	uint32_t *at = file ? u64map_put(map, mix64(file), &added) : NULL;

	if (at)
		*at = (uint32_t)place + 1;
	return file && !at ? -ENOMEM : 0;
}

size_t numbers_at(const struct u64map *map, uint32_t file)
{
	const uint32_t *at = file ? u64map_get(map, mix64(file)) : NULL;

	return at ? *at : 0;
}
