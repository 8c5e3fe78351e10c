/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/touches.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mix.h"

struct expected {
	uint64_t key;
	unsigned int calls; /* under way on this path */
	struct inode before;
	UT_hash_handle hh;
};

static uint64_t path_key(const char *path)
{
	return mix_bytes(path, strlen(path));
}

static struct expected *find_expected(const struct touches *t, uint64_t key)
{
	struct expected *e;

	HASH_FIND(hh, t->expected, &key, sizeof key, e);
	return e;
}

void touches_expect(struct touches *t, const char *path, const struct inode *before)
{
	uint64_t key = path_key(path);
	struct expected *e = find_expected(t, key);

	if (!e) {
		if (u64map_get(&t->paths, key))
			return;
		e = calloc(1, sizeof *e);
		if (!e)
			return;
		e->key = key;
		e->before = *before;
		HASH_ADD(hh, t->expected, key, sizeof e->key, e);
		if (hash_added(e) < 0) {
			free(e);
			return;
		}
	}
	e->calls++;
}

void touches_done(struct touches *t, const char *path)
{
	struct expected *e = find_expected(t, path_key(path));

	if (!e || --e->calls)
		return;
	HASH_DEL(t->expected, e);
	free(e);
}

void touches_release(struct touches *t)
{
	struct expected *e, *next;

	HASH_ITER(hh, t->expected, e, next) {
		HASH_DEL(t->expected, e);
		free(e);
	}
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
	struct touch touch = { .path = path, .late = late };
	uint64_t key = path_key(path);
	const struct expected *e;
	bool added;

	if (path_is_virtual(path) || !u64map_put(&t->paths, key, &added) || !added)
		return;
	e = find_expected(t, key);
	touch.before = e ? e->before : *before;
	/* What was born since the start was not there before, whoever of us was first to see it. */
	if (touch.before.exists && touch.before.birth_ns >= t->started_ns)
		touch.before = (struct inode){ 0 };
	touch.before_file = touches_file(t, &touch.before);
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
