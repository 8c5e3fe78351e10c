/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/anew.h"

#include <errno.h>
#include <string.h>

#include "base/mix.h"
#include "store/held.h"

static uint64_t key_of(const char *path)
{
	return mix_bytes(path, strlen(path));
}

static int add(struct u64map *m, uint64_t key)
{
	bool added;

	return u64map_put(m, key, &added) ? 0 : -ENOMEM;
}

int anew_path(struct anew *a, const char *path)
{
	return a->settled && path ? add(&a->paths, key_of(path)) : 0;
}

int anew_file(struct anew *a, uint32_t file)
{
	return a->settled && file ? add(&a->files, mix64(file)) : 0;
}

bool anew_has_path(const struct anew *a, const char *path)
{
	return !a->settled || u64map_get(&a->paths, key_of(path));
}

bool anew_has_file(const struct anew *a, uint32_t file, const struct inode *now)
{
	return !a->settled || (file && u64map_get(&a->files, mix64(file))) ||
		u64map_get(&a->held, inode_place(now));
}

int anew_begin(struct anew *a)
{
	u64map_release(&a->holding);
	return held_read(&a->holding);
}

void anew_end(struct anew *a)
{
	u64map_release(&a->paths);
	u64map_release(&a->files);
	u64map_release(&a->held);
	a->held = a->holding;
	a->holding = (struct u64map){ 0 };
	a->settled = true;
}

void anew_release(struct anew *a)
{
	u64map_release(&a->paths);
	u64map_release(&a->files);
	u64map_release(&a->held);
	u64map_release(&a->holding);
}
