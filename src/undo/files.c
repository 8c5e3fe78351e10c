/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/mix.h"

/* What a run found, and saw to that it can be had again. */
struct kept {
	uint32_t file;
	int64_t run_id;
	bool whole, has_xattrs;
	struct inode inode;
	unsigned char hash[SHA256_LEN];
	char *target;
	struct buf xattrs;
	uint32_t next; /* 1 + another one of the same file; 0: none */
};

struct home {
	uint32_t file;
	bool excluded;
	int64_t run_id;
	char *path;
};

int files_number(struct files *f, int64_t run_id, uint32_t *number)
{
	uint32_t *at, *more;
	bool added;

	if (!*number)
		return 0;
	at = u64map_put(&f->numbers, mix64((uint64_t)run_id << 32 | *number), &added);
	if (!at)
		return -ENOMEM;
	if (added) {
		more = ARRAY_MORE(f->same_as, f->count);
		if (!more)
			return -ENOMEM;
		*more = *at = (uint32_t)f->count;
	}
	*number = *at;
	return 0;
}

uint32_t files_known_as(const struct files *f, uint32_t number)
{
	while (number && f->same_as[number - 1] != number)
		number = f->same_as[number - 1];
	return number;
}

void files_join(struct files *f, uint32_t number, uint32_t other)
{
	number = files_known_as(f, number);
	f->same_as[number - 1] = files_known_as(f, other);
}

int files_keep(struct files *f, int64_t run_id, const struct entry *e)
{
	const struct side *b = &e->before;
	struct kept *k;

	if (!e->before_file || !b->i.exists || S_ISDIR(b->i.mode) ||
		(S_ISREG(b->i.mode) && e->keep == KEEP_NONE))
		return 0;
	k = ARRAY_MORE(f->kept, f->kept_count);
	if (!k)
		return -ENOMEM;
	*k = (struct kept){ .file = e->before_file,
		.run_id = run_id,
		.whole = e->keep == KEEP_WHOLE && b->has_hash,
		.inode = b->i,
		.target = b->target ? strdup(b->target) : NULL,
		.has_xattrs = b->has_xattrs };
	memcpy(k->hash, b->hash, SHA256_LEN);
	buf_add(&k->xattrs, b->xattrs.data, b->xattrs.len);
	return k->xattrs.failed || (b->target && !k->target) ? -ENOMEM : 0;
}

int files_leave_home(struct files *f, int64_t run_id, const struct entry *e)
{
	struct home *h;

	if (!entry_has_left(e) || S_ISDIR(e->before.i.mode))
		return 0;
	h = ARRAY_MORE(f->homes, f->home_count);
	if (!h)
		return -ENOMEM;
	*h = (struct home){ e->before_file, e->excluded, run_id, strdup(e->path) };
	return h->path ? 0 : -ENOMEM;
}

/* One of its names had been taken away in between, under which that run had known it. */
static bool is_other_name(const struct kept *first, const struct kept *k)
{
	const struct inode *a = &first->inode, *b = &k->inode;

	return first->run_id < k->run_id && a->nlink > b->nlink &&
		(a->mode & S_IFMT) == (b->mode & S_IFMT) && a->size == b->size &&
		a->mtime_ns == b->mtime_ns &&
		!(first->whole && k->whole && memcmp(first->hash, k->hash, SHA256_LEN));
}

static int first_by_inode(const struct files *f, struct u64map *first)
{
	uint32_t *at;
	bool added;
	size_t i;

	for (i = 0; i < f->kept_count; i++) {
		at = u64map_put(first, inode_place(&f->kept[i].inode), &added);
		if (!at)
			return -ENOMEM;
		if (added || f->kept[i].run_id < f->kept[*at].run_id)
			*at = (uint32_t)i;
	}
	return 0;
}

/*
 * Hard links that several runs broke up, each some: no path tells that it was one file, but its
 * inode does.
 */
static int join_names(struct files *f, const struct u64map *first)
{
	size_t i;

	for (i = 0; i < f->kept_count; i++) {
		struct kept *k = &f->kept[i];
		const struct kept *one = &f->kept[*u64map_get(first, inode_place(&k->inode))];
		uint32_t *names;
		bool added;

		if (!is_other_name(one, k))
			continue;
		files_join(f, k->file, one->file);
		names = u64map_put(&f->names_of, files_known_as(f, k->file), &added);
		if (!names)
			return -ENOMEM;
		*names = one->inode.nlink;
	}
	return 0;
}

static int settle_kept(struct files *f)
{
	uint32_t *at;
	bool added;
	size_t i;

	for (i = 0; i < f->kept_count; i++) {
		at = u64map_put(&f->kept_of, files_known_as(f, f->kept[i].file), &added);
		if (!at)
			return -ENOMEM;
		f->kept[i].next = added ? 0 : *at;
		*at = (uint32_t)i + 1;
	}
	return 0;
}

int files_settle(struct files *f)
{
	struct u64map first = { 0 };
	int r = first_by_inode(f, &first);
	uint32_t *at;
	bool added;
	size_t i;

	if (r == 0)
		r = join_names(f, &first);
	u64map_release(&first);
	if (r == 0)
		r = settle_kept(f);
	for (i = 0; r == 0 && i < f->home_count; i++) {
		at = u64map_put(&f->home_of, files_known_as(f, f->homes[i].file), &added);
		if (!at)
			return -ENOMEM;
		if (added)
			*at = (uint32_t)i + 1;
	}
	return r;
}

/* The first from that run on: then the file was as it had been before. */
static const struct kept *first_kept(const struct files *f, uint32_t file, int64_t since)
{
	const uint32_t *at = u64map_get(&f->kept_of, file);
	const struct kept *k, *first = NULL;
	uint32_t i;

	for (i = at ? *at : 0; i; i = k->next) {
		k = &f->kept[i - 1];
		if (k->run_id >= since && (!first || k->run_id < first->run_id))
			first = k;
	}
	return first;
}

int files_borrow(const struct files *f, struct entry *e, int64_t since)
{
	struct side *b = &e->before;
	const struct kept *k = b->i.exists && e->before_file && !S_ISDIR(b->i.mode) ?
		first_kept(f, e->before_file, since) :
		NULL;
	const uint32_t *names = u64map_get(&f->names_of, e->before_file);

	if (names && b->i.nlink < *names)
		b->i.nlink = *names;
	if (!k)
		return 0;
	if (S_ISREG(b->i.mode) && !b->has_hash && e->keep == KEEP_NONE && k->whole &&
		k->inode.size == b->i.size) {
		memcpy(b->hash, k->hash, SHA256_LEN);
		b->has_hash = true;
		e->keep = KEEP_WHOLE;
	}
	if (S_ISLNK(b->i.mode) && !b->target && k->target) {
		b->target = strdup(k->target);
		if (!b->target)
			return -ENOMEM;
	}
	if (!b->has_xattrs && k->has_xattrs) {
		buf_add(&b->xattrs, k->xattrs.data, k->xattrs.len);
		b->has_xattrs = true;
	}
	return b->xattrs.failed ? -ENOMEM : 0;
}

bool files_has_home(const struct files *f, uint32_t file)
{
	return u64map_get(&f->home_of, file);
}

int files_find_home(const struct files *f, struct entry *e)
{
	const uint32_t *at = e->file && e->after.i.exists ? u64map_get(&f->home_of, e->file) : NULL;
	const struct home *h = at ? &f->homes[*at - 1] : NULL;
	const struct kept *k = h ? first_kept(f, e->file, h->run_id) : NULL;

	if (!h || !strcmp(h->path, e->path))
		return 0;
	e->home_excluded = h->excluded;
	if (k && k->whole)
		return 0;
	e->home = strdup(h->path);
	return e->home ? 0 : -ENOMEM;
}

void files_release(struct files *f)
{
	while (f->kept_count) {
		free(f->kept[--f->kept_count].target);
		buf_release(&f->kept[f->kept_count].xattrs);
	}
	while (f->home_count)
		free(f->homes[--f->home_count].path);
	free(f->kept);
	free(f->homes);
	free(f->same_as);
	u64map_release(&f->numbers);
	u64map_release(&f->kept_of);
	u64map_release(&f->home_of);
	u64map_release(&f->names_of);
}
