/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/xattrs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "base/cleanup.h"
#include "base/parents.h"

#define REACH_ROOM (NAME_MAX + 64)
#define NAMES_MAX 65536 /* XATTR_LIST_MAX */
#define VALUE_MAX 65536 /* XATTR_SIZE_MAX */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The list of names, NUL after NUL. */
static ssize_t names_of(const char *path, bool follow, char **out)
{
	ssize_t n = follow ? listxattr(path, NULL, 0) : llistxattr(path, NULL, 0);

	*out = NULL;
	if (n < 0)
		return errno == ENOTSUP ? 0 : -errno;
	if (n == 0)
		return 0;
	*out = malloc(NAMES_MAX);
	if (!*out)
		return -ENOMEM;
	n = follow ? listxattr(path, *out, NAMES_MAX) : llistxattr(path, *out, NAMES_MAX);
	return n < 0 ? -errno : n;
}

static int add_one(const char *path, bool follow, const char *name, char *value, struct buf *out)
{
	ssize_t n = follow ? getxattr(path, name, value, VALUE_MAX) :
			     lgetxattr(path, name, value, VALUE_MAX);
	uint32_t lens[2];

	/* Taken away since it was listed, or not for us to read. */
	if (n < 0)
		return errno == ENODATA || errno == ENOTSUP || errno == EPERM ? 0 : -errno;
	lens[0] = (uint32_t)strlen(name) + 1;
	lens[1] = (uint32_t)n;
	buf_add(out, lens, sizeof lens);
	buf_add(out, name, lens[0]);
	buf_add(out, value, lens[1]);
	return 0;
}

/* There is no getxattrat(2) yet: what is too long for a call is reached through its folder. */
static const char *reach(struct parents *p, const char *path, char room[REACH_ROOM])
{
	const char *name;
	int dir;

	if (parents_reach(p, path, &dir, &name) < 0 || dir == AT_FDCWD)
		return path;
	snprintf(room, REACH_ROOM, "/proc/self/fd/%d/%s", dir, name);
	return room;
}

static int read_all(const char *path, bool follow, struct buf *out)
{
	_cleanup_free_ char *names = NULL, *value = NULL;
	_cleanup_free_ const char **sorted = NULL;
	ssize_t len = names_of(path, follow, &names), at;
	size_t count = 0, i;
	int r = 0;

	if (len <= 0)
		return (int)len;
	sorted = calloc((size_t)len, sizeof *sorted);
	value = malloc(VALUE_MAX);
	if (!sorted || !value)
		return -ENOMEM;
	for (at = 0; at < len; at += (ssize_t)strlen(names + at) + 1)
		sorted[count++] = names + at;
	qsort(sorted, count, sizeof *sorted, by_name);
	for (i = 0; r == 0 && i < count; i++)
		r = add_one(path, follow, sorted[i], value, out);
	return r < 0 ? r : out->failed ? -ENOMEM : 0;
}

bool xattrs_next(const char **at, const char *end, struct xattr *out)
{
	uint32_t lens[2];

	if (end - *at < (ptrdiff_t)sizeof lens)
		return false;
	memcpy(lens, *at, sizeof lens);
	*at += sizeof lens;
	if (lens[0] == 0 || (uint64_t)lens[0] + lens[1] > (uint64_t)(end - *at) ||
		(*at)[lens[0] - 1])
		return false;
	*out = (struct xattr){ *at, *at + lens[0], lens[1] };
	*at += lens[0] + lens[1];
	return true;
}

static bool find_one(const void *packed, size_t len, const char *name, struct xattr *out)
{
	const char *at = packed, *end = at + len;

	while (len && xattrs_next(&at, end, out))
		if (!strcmp(out->name, name))
			return true;
	return false;
}

int xattrs_read(const char *path, bool follow, struct buf *out)
{
	struct parents parents = PARENTS_INIT;
	char room[REACH_ROOM];
	int r = read_all(reach(&parents, path, room), follow, out);

	parents_forget(&parents);
	return r;
}

/* Sets those that are other than now: such as need no more room than they have, or the rest. */
static int set_others(const char *path, bool follow, const struct buf *now, const void *packed,
	size_t len, bool grown)
{
	const char *at = packed, *end = at + len;
	struct xattr one, is;
	int r = 0, e;

	while (len && xattrs_next(&at, end, &one)) {
		bool has = find_one(now->data, now->len, one.name, &is);

		if ((has && is.size == one.size && !memcmp(is.value, one.value, one.size)) ||
			(!has || one.size > is.size) != grown)
			continue;
		e = follow ? setxattr(path, one.name, one.value, one.size, 0) :
			     lsetxattr(path, one.name, one.value, one.size, 0);
		if (e < 0 && r == 0)
			r = -errno;
	}
	return r;
}

int xattrs_apply(const char *path, bool follow, const void *packed, size_t len)
{
	_cleanup_buf_ struct buf now = BUF_INIT;
	const char *at, *end;
	struct xattr one, other;
	int r = xattrs_read(path, follow, &now), e;

	if (r < 0 || (now.len == len && (!len || !memcmp(now.data, packed, len))))
		return r;
	for (at = now.data, end = at + now.len; now.len && xattrs_next(&at, end, &one);) {
		if (find_one(packed, len, one.name, &other))
			continue;
		e = follow ? removexattr(path, one.name) : lremovexattr(path, one.name);
		if (e < 0 && errno != ENODATA && r == 0)
			r = -errno;
	}
	/* They may share one block, as on ext4: first what makes room in it. */
	e = set_others(path, follow, &now, packed, len, false);
	if (r == 0)
		r = e;
	e = set_others(path, follow, &now, packed, len, true);
	return r < 0 ? r : e;
}
