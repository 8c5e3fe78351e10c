/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/versions.h"

#include <string.h>

struct versions versions_of(const char *path, const char *old, const char *now)
{
	return (struct versions){ .path = path,
		.old = old,
		.now = now,
		.old_len = strlen(old),
		.now_len = strlen(now),
		.from = path };
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The version as a number of its own, and no part of another one. */
static bool stands_alone(const struct versions *v, const char *at)
{
	return (at == v->path || (!is_digit(at[-1]) && at[-1] != '.')) && !is_digit(at[v->old_len]);
}

/* Where the older version stands in the path from there on; NULL: nowhere. */
static const char *find(const struct versions *v, const char *from)
{
	const char *at = from;

	for (; (at = memmem(at, strlen(at), v->old, v->old_len)); at++)
		if (stands_alone(v, at))
			return at;
	return NULL;
}

/* The path, with the newer version in the place of the older one from `at` on. */
static void put(struct buf *out, const struct versions *v, const char *at)
{
	const char *rest = v->path;

	buf_reset(out);
	for (; at; rest = at + v->old_len, at = find(v, rest)) {
		buf_add(out, rest, (size_t)(at - rest));
		buf_add(out, v->now, v->now_len);
	}
	buf_adds(out, rest);
}

static bool are_same(const struct versions *v)
{
	return v->old_len == v->now_len && !memcmp(v->old, v->now, v->old_len);
}

/* Without its last part: 1.2 of 1.2.3. */
static size_t shorter(const char *version, size_t n)
{
	while (n > 0 && version[n - 1] != '.')
		n--;
	return n ? n - 1 : 0;
}

bool versions_next(struct versions *v, struct buf *out)
{
	while (v->old_len && v->now_len && !are_same(v)) {
		const char *at = find(v, v->from);

		if (at) {
			v->from = at + 1;
			put(out, v, at);
			return !out->failed;
		}
		v->from = v->path;
		v->old_len = shorter(v->old, v->old_len);
		v->now_len = shorter(v->now, v->now_len);
	}
	return false;
}
