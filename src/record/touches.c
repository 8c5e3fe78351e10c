/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/touches.h"

#include <string.h>

#include "base/mix.h"

static uint64_t path_key(const char *path)
{
	return mix_bytes(path, strlen(path));
}

void touches_release(struct touches *t)
{
	u64map_release(&t->paths);
	u64map_release(&t->files);
}

uint32_t touches_file(struct touches *t, const struct inode *i)
{
	bool added;
	uint32_t *file;

	if (!i->exists)
		return 0;
	file = u64map_put(&t->files, inode_identity(i), &added);
	if (!file)
		return 0;
	if (added)
		*file = ++t->last_file;
	return *file;
}

bool touches_file_known(const struct touches *t, const struct inode *i)
{
	return u64map_get(&t->files, inode_identity(i)) != NULL;
}

bool touches_path_known(const struct touches *t, const char *path)
{
	return u64map_get(&t->paths, path_key(path)) != NULL;
}

void touches_path(struct touches *t, const char *path, const struct inode *before, bool late)
{
	struct touch touch = { .path = path, .before = *before, .late = late };
	bool added;

	if (path_is_virtual(path) || !u64map_put(&t->paths, path_key(path), &added) || !added)
		return;
	touch.excluded = scope_excludes(t->scope, path);
	t->sink->touch(t->sink, &touch);
}

void touches_place(struct touches *t, const char *path, uint32_t file)
{
	uint32_t *at = u64map_get(&t->paths, path_key(path));

	if (!at || *at == file)
		return;
	*at = file;
	t->sink->place(t->sink, path, file);
}
