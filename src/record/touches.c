/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/touches.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "base/mix.h"

/* What `paths` holds: the file that was there last, and whether there was none at the start. */
#define NOTHING_BEFORE 1U
#define FILE_UNIT 2U

struct expected {
	uint64_t key;
	unsigned int calls; /* under way on this path */
	struct inode before;
	UT_hash_handle hh;
};

struct first_sight {
	uint32_t file;
	struct inode first;
};

/* What was changed on a file system that the run has mounted itself. */
struct covered {
	char *path;
	struct inode before;
	bool late;
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

static void covered_release(struct touches *t)
{
	size_t i;

	for (i = 0; i < t->covered_count; i++)
		free(t->covered[i].path);
	free(t->covered);
	t->covered = NULL;
	t->covered_count = 0;
	u64map_release(&t->covered_at);
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
	u64map_release(&t->linked_at);
	covered_release(t);
	free(t->flags);
	free(t->linked);
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

uint32_t touches_made(struct touches *t, const struct inode *i)
{
	bool known = i->exists && touches_file_known(t, i);
	uint32_t *at, file;

	/* Another task may have moved an old one there since. */
	if (inode_born_by(i, t->started_ns))
		return touches_file(t, i);

	/*
	 * Without a time of birth an inode number that came round again looks like
	 * the file that had it before: it is another one.
	 */
	if (known && i->birth_ns == 0 && (at = u64map_get(&t->files, inode_identity(i))))
		*at = ++t->last_file;
	file = touches_file(t, i);
	if (!known || i->birth_ns == 0)
		touches_mark(t, file, FILE_MADE);
	return file;
}

static unsigned int flags_of(const struct touches *t, uint32_t file)
{
	return file < t->flags_room ? t->flags[file] : 0;
}

unsigned int touches_flags(const struct touches *t, const struct inode *i)
{
	const uint32_t *file = u64map_get(&t->files, inode_identity(i));

	return file ? flags_of(t, *file) : 0;
}

void touches_mark(struct touches *t, uint32_t file, unsigned int flags)
{
	if (file == 0)
		return;
	if (file >= t->flags_room) {
		uint32_t room = t->flags_room ? t->flags_room : 1024;
		unsigned char *bigger;

		while (room <= file)
			room *= 2;
		bigger = realloc(t->flags, room);
		if (!bigger)
			return; /* then it counts as there before, and is kept once more */
		memset(bigger + t->flags_room, 0, room - t->flags_room);
		t->flags = bigger;
		t->flags_room = room;
	}
	t->flags[file] |= (unsigned char)flags;
}

void touches_unmark(struct touches *t, uint32_t file, unsigned int flags)
{
	if (file < t->flags_room)
		t->flags[file] &= (unsigned char)~flags;
}

/*
 * A file with several names is asked about once for each of them; by the
 * second the run may have changed it under the first.
 */
static void as_first_seen(struct touches *t, uint32_t file, struct inode *before)
{
	struct first_sight *l;
	uint32_t *at = u64map_get(&t->linked_at, mix64(file));
	bool added;

	if (at) {
		*before = t->linked[*at].first;
		return;
	}
	if ((before->nlink < 2 && !t->all_have_names) || S_ISDIR(before->mode) ||
		(flags_of(t, file) & FILE_MADE))
		return;
	l = ARRAY_MORE(t->linked, t->linked_count);
	if (!l)
		return;
	at = u64map_put(&t->linked_at, mix64(file), &added);
	if (!at) {
		t->linked_count--;
		return;
	}
	*at = (uint32_t)(l - t->linked);
	*l = (struct first_sight){ file, *before };
}

bool touches_file_known(const struct touches *t, const struct inode *i)
{
	return u64map_get(&t->files, inode_identity(i)) != NULL;
}

static void cover(struct touches *t, const char *path, const struct inode *before, bool late)
{
	struct covered *c;
	bool added;

	if (!u64map_put(&t->covered_at, path_key(path), &added) || !added)
		return;
	c = ARRAY_MORE(t->covered, t->covered_count);
	if (!c)
		return;
	*c = (struct covered){ strdup(path), *before, late };
	t->covered_count -= c->path == NULL;
}

static bool was_nothing(const struct touches *t, uint64_t key)
{
	const uint32_t *at = u64map_get(&t->paths, key);
	const struct expected *e = at ? NULL : find_expected(t, key);

	return at ? *at & NOTHING_BEFORE : e && !e->before.exists;
}

/*
 * Does it stand in a folder where there was none at the start? On a file system that the run has
 * mounted that is one of that file system, whatever it is mounted on.
 */
static bool folder_is_new(const struct touches *t, const char *path)
{
	const char *point = t->mounts->active ? mounts_point(t->mounts, path) : "";
	size_t n = strlen(path), least = strlen(point);

	while (n > least) {
		while (--n > least && path[n] != '/')
			;
		if (n > least && was_nothing(t, mix_bytes(path, n)))
			return true;
	}
	return false;
}

/*
 * Nothing was there where the folder was not: an old file may have come there by a rename or a
 * link of which we have not heard yet. A file that the run was seen to make was not there, whoever
 * of us was first to see it at this name. Its birth alone does not tell: a clock that ran ahead, or
 * is set forward now, gives one to files of before. Only where the question came late, and nothing
 * was kept that would be lost by it, is that what there is to go by.
 */
static bool is_new(const struct touches *t, const char *path, const struct inode *before, bool late)
{
	if (!before->exists)
		return false;
	return (touches_flags(t, before) & FILE_MADE) ||
		(late && inode_born_since(before, t->started_ns)) || folder_is_new(t, path);
}

static void touch_path(struct touches *t, const char *path, const struct inode *before, bool late)
{
	struct touch touch = { .path = path };
	uint64_t key = path_key(path);
	const struct expected *e;
	uint32_t *at;
	bool added;

	if (path_is_virtual(path) || !(at = u64map_put(&t->paths, key, &added)) || !added)
		return;
	e = find_expected(t, key);
	touch.before = e ? e->before : *before;
	if (is_new(t, path, &touch.before, late && !e))
		touch.before = (struct inode){ 0 };
	touch.late = late && touch.before.exists;
	*at = touch.before.exists ? 0 : NOTHING_BEFORE;
	touch.excluded = scope_excludes(t->scope, path);
	if (touch.before.exists) {
		touch.before_file = touches_file(t, &touch.before);
		as_first_seen(t, touch.before_file, &touch.before);
		if (!touch.excluded)
			touches_mark(t, touch.before_file, FILE_WANTED);
	}
	t->sink->touch(t->sink, &touch);
}

void touches_path(struct touches *t, const char *path, const struct inode *before, bool late)
{
	if (t->mounts->active && mounts_cover(t->mounts, path))
		cover(t, path, before, late);
	else
		touch_path(t, path, before, late);
}

static void hide_changed(struct touches *t)
{
	const char *point;
	size_t at = 0;

	while ((point = mounts_next_changed(t->mounts, &at)))
		t->sink->hidden(t->sink, point);
}

void touches_uncover(struct touches *t)
{
	size_t i;

	if (t->mounts->active)
		/* a mount goes with its namespace, too, without a call */
		mounts_changed(t->mounts);
	hide_changed(t);
	for (i = 0; i < t->covered_count; i++) {
		struct covered *c = &t->covered[i];

		if (!mounts_cover(t->mounts, c->path))
			continue;
		touch_path(t, c->path, &c->before, c->late);
		touches_look(t, c->path);
	}
	covered_release(t);
}

void touches_place(struct touches *t, const char *path, uint32_t file)
{
	uint32_t *at = u64map_get(&t->paths, path_key(path));

	if (!at || *at / FILE_UNIT == file)
		return;
	*at = file * FILE_UNIT | (*at & NOTHING_BEFORE);
	t->sink->place(t->sink, path, file);
}

void touches_look(struct touches *t, const char *path)
{
	struct inode now;

	if (inode_stat(&now, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW) == 0 && now.exists)
		touches_place(t, path, touches_file(t, &now));
}

void touches_doubt(struct touches *t, const char *path)
{
	const uint32_t *at = u64map_get(&t->paths, path_key(path));

	if (at && *at / FILE_UNIT)
		t->sink->place(t->sink, path, *at / FILE_UNIT);
}
