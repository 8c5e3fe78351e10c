/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/mounts-seen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/canonical.h"

static bool has_id(const struct mounts_seen *s, uint64_t id)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (s->each[i].id == id)
			return true;
	return false;
}

/* Is it mounted on that one? NULL: on what is not here, as the root is, or all of a chroot. */
static bool is_on(const struct mounts_seen *s, const struct mount_line *m,
	const struct mount_line *on)
{
	return on ? m->parent == on->id && m != on : !has_id(s, m->parent);
}

/* From one mount to the next on the way to path: the first that is met, by the last mounted. */
static const struct mount_line *next_on_way(const struct mounts_seen *s, const char *path,
	const struct mount_line *on)
{
	const struct mount_line *first = NULL;
	size_t i;

	for (i = 0; i < s->count; i++) {
		const struct mount_line *m = &s->each[i];

		if (path_rest(path, m->point) && is_on(s, m, on) &&
			(!first || strlen(m->point) <= strlen(first->point)))
			first = m;
	}
	return first;
}

static bool is_seen(const struct mounts_seen *s, const struct mount_line *m)
{
	const struct mount_line *at = NULL, *next;

	while ((next = next_on_way(s, m->point, at)))
		at = next;
	return at == m;
}

static int drop_hidden(struct mounts_seen *s)
{
	_cleanup_free_ bool *seen = calloc(s->count + 1, sizeof *seen);
	size_t i, n = 0;

	if (!seen)
		return -ENOMEM;
	for (i = 0; i < s->count; i++)
		seen[i] = is_seen(s, &s->each[i]);
	for (i = 0; i < s->count; i++)
		if (seen[i])
			s->each[n++] = s->each[i];
	s->count = n;
	return 0;
}

static bool is_writable(const struct mount_line *m)
{
	return !strncmp(m->options, "rw", 2) && (m->options[2] == ',' || !m->options[2]);
}

static bool show_the_same(const struct mount_line *m, const struct mount_line *other)
{
	return is_writable(m) && is_writable(other) && !strcmp(m->dev, other->dev) &&
		(path_rest(m->root, other->root) || path_rest(other->root, m->root));
}

static bool any_twice(const struct mounts_seen *s)
{
	size_t i, k;

	for (i = 0; i < s->count; i++)
		for (k = 0; k < i; k++)
			if (show_the_same(&s->each[i], &s->each[k]))
				return true;
	return false;
}

int mounts_seen_read(struct mounts_seen *s)
{
	struct mount_line line, *more;
	int r = mountinfo_read(&s->info, 0);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	while (mountinfo_next(&s->info, &line)) {
		more = ARRAY_MORE(s->each, s->count);
		if (!more)
			return -ENOMEM;
		*more = line;
	}
	r = drop_hidden(s);
	s->twice = r == 0 && any_twice(s);
	return r;
}

const struct mount_line *mounts_seen_at(const struct mounts_seen *s, const char *path)
{
	const struct mount_line *deepest = NULL;
	size_t i;

	for (i = 0; i < s->count; i++) {
		const struct mount_line *m = &s->each[i];

		if (path_rest(path, m->point) &&
			(!deepest || strlen(m->point) > strlen(deepest->point)))
			deepest = m;
	}
	return deepest;
}

void mounts_seen_release(struct mounts_seen *s)
{
	free(s->each);
	s->each = NULL;
	s->count = 0;
	mountinfo_release(&s->info);
}
