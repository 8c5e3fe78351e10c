/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/binds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/canonical.h"

/* Of those above it the deepest, and of these the last. */
const struct mount_line *binds_at(const struct binds *b, const char *path)
{
	const struct mount_line *best = NULL;
	size_t i;

	for (i = 0; i < b->count; i++) {
		const struct mount_line *m = &b->each[i];

		if (path_rest(path, m->point) && (!best || strlen(m->point) >= strlen(best->point)))
			best = m;
	}
	return best;
}

static bool is_writable(const struct mount_line *m)
{
	return !strncmp(m->options, "rw", 2) && (m->options[2] == ',' || !m->options[2]);
}

static bool overlap(const struct mount_line *m, const struct mount_line *other)
{
	return is_writable(m) && is_writable(other) && !strcmp(m->dev, other->dev) &&
		(path_rest(m->root, other->root) || path_rest(other->root, m->root));
}

static bool any_overlap(const struct binds *b)
{
	size_t i, k;

	for (i = 0; i < b->count; i++)
		for (k = 0; k < i; k++)
			if (overlap(&b->each[i], &b->each[k]))
				return true;
	return false;
}

int binds_read(struct binds *b)
{
	struct mount_line line, *more;
	int r = mountinfo_read(&b->info, 0);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	while (mountinfo_next(&b->info, &line)) {
		more = ARRAY_MORE(b->each, b->count);
		if (!more)
			return -ENOMEM;
		*more = line;
	}
	b->any = any_overlap(b);
	return 0;
}

bool binds_through(const struct binds *b, const struct mount_line *m, const char *dev,
	const char *inner, struct buf *out)
{
	const char *rest = strcmp(m->dev, dev) ? NULL : path_rest(inner, m->root);

	if (!rest)
		return false;
	buf_reset(out);
	buf_adds(out, m->point);
	buf_adds(out, rest);
	if (out->len == 0)
		buf_addc(out, '/');
	return !out->failed && binds_at(b, out->data) == m;
}

/* What the file system calls what is at path, which is reached through m. */
static int inner_name(const struct mount_line *m, const char *path, struct buf *out)
{
	const char *rest = path_rest(path, m->point);

	buf_adds(out, m->root);
	buf_adds(out, strcmp(rest, "/") ? rest : "");
	return out->failed ? -ENOMEM : 0;
}

/* It is shorter, or the older one of two; and no folder is in its way that we may not enter. */
static bool is_better(const struct mount_line *m, const struct mount_line *than,
	const struct buf *name, const struct buf *path)
{
	bool older = m < than;

	return name->len < path->len + older && access(*m->point ? m->point : "/", F_OK) == 0;
}

int binds_name(const struct binds *b, struct buf *path)
{
	_cleanup_buf_ struct buf inner = BUF_INIT, name = BUF_INIT;
	const struct mount_line *at = b->any ? binds_at(b, path->data) : NULL;
	size_t i;
	int r = at ? inner_name(at, path->data, &inner) : 0;

	for (i = 0; r == 0 && at && i < b->count; i++) {
		const struct mount_line *m = &b->each[i];

		if (m == at || !is_writable(m) ||
			!binds_through(b, m, at->dev, inner.data ? inner.data : "", &name) ||
			!is_better(m, at, &name, path))
			continue;
		buf_reset(path);
		buf_add(path, name.data, name.len);
		at = m;
	}
	return r < 0 || name.failed || path->failed ? -ENOMEM : 0;
}

static int take_name(char *name)
{
	_cleanup_(binds_release) struct binds b = BINDS_INIT;
	_cleanup_buf_ struct buf path = BUF_INIT;
	int r = binds_read(&b);

	if (r < 0 || !b.any)
		return r;
	buf_adds(&path, name);
	r = path.failed ? -ENOMEM : binds_name(&b, &path);
	if (r == 0)
		memcpy(name, path.data, path.len + 1); /* it is no longer than it was */
	return r;
}

int binds_path(const char *path, char *out)
{
	int r = path_canonical(path, out);

	return r < 0 ? r : take_name(out);
}

int binds_path_all(const char *path, char *out)
{
	int r = path_canonical_all(path, out);

	return r < 0 ? r : take_name(out);
}

void binds_release(struct binds *b)
{
	free(b->each);
	b->each = NULL;
	b->count = 0;
	mountinfo_release(&b->info);
}
