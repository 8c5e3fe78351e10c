/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The net effect: for each path that was touched, what was there before
 * against what the disk shows now. The disk is asked, so a change that was
 * seen only in part (a task killed inside a call) still comes out right.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/io.h"
#include "base/mix.h"
#include "base/parents.h"
#include "base/u64map.h"
#include "base/xattrs.h"
#include "store/hashing.h"
#include "store/links.h"
#include "store/writer.h"

/* Entries in memory at a time. */
#define BATCH 2048

struct item {
	int64_t path_id;
	char *path, *before_target, *target;
	uint32_t file;
	bool late, excluded, has_before_hash, has_hash;
	bool has_before_xattrs, has_xattrs, attributes_only;
	struct buf before_xattrs, xattrs; /* packed (base/xattrs.h) */
	struct inode before, now;
	unsigned char before_hash[SHA256_LEN], hash[SHA256_LEN];
	const char *change; /* NULL: none */
	int content_changed; /* -1: not known */
};

struct batch {
	struct item items[BATCH];
	size_t count;
	struct hash_job jobs[BATCH];
};

static void batch_clear(struct batch *b)
{
	size_t i;

	for (i = 0; i < b->count; i++) {
		free(b->items[i].path);
		free(b->items[i].before_target);
		free(b->items[i].target);
		buf_release(&b->items[i].before_xattrs);
		buf_release(&b->items[i].xattrs);
	}
	b->count = 0;
}

static void read_item(struct item *it, const struct rows *rows)
{
	struct inode *b = &it->before;

	*it = (struct item){ .path_id = rows_int(rows, 0), .path = strdup(rows_text(rows, 1)),
		.file = (uint32_t)rows_int(rows, 2), .late = rows_int(rows, 3),
		.excluded = rows_int(rows, 4) };
	if (rows_type(rows, 5) != ROWS_NULL)
		*b = (struct inode){ .exists = true, .mode = (uint32_t)rows_int(rows, 5),
			.uid = (uint32_t)rows_int(rows, 6), .gid = (uint32_t)rows_int(rows, 7),
			.size = (uint64_t)rows_int(rows, 8), .mtime_ns = rows_int(rows, 9),
			.ctime_ns = rows_int(rows, 10), .dev = (uint64_t)rows_int(rows, 11),
			.ino = (uint64_t)rows_int(rows, 12), .nlink = (uint32_t)rows_int(rows, 13),
			.rdev = (uint64_t)rows_int(rows, 14) };
	if (rows_type(rows, 15) != ROWS_NULL)
		it->before_target = strdup(rows_text(rows, 15));
	if (rows_bytes(rows, 16) == SHA256_LEN) {
		it->has_before_hash = true;
		memcpy(it->before_hash, rows_blob(rows, 16), SHA256_LEN);
	}
	if (rows_type(rows, 17) != ROWS_NULL) {
		it->has_before_xattrs = true;
		buf_add(&it->before_xattrs, rows_blob(rows, 17), (size_t)rows_bytes(rows, 17));
	}
}

static int read_batch(struct writer *w, struct batch *b, int64_t after)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, w->db, Q_ENTRY_BATCH, "iii", w->run_id, after, (int64_t)BATCH);

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		read_item(&b->items[b->count], &rows);
		if (!b->items[b->count++].path)
			r = -ENOMEM;
		else
			r = 0;
	}
	return r;
}

static bool same_owner_and_mode(const struct inode *a, const struct inode *b)
{
	return a->mode == b->mode && a->uid == b->uid && a->gid == b->gid;
}

static bool is_device(const struct inode *i)
{
	return S_ISCHR(i->mode) || S_ISBLK(i->mode);
}

/* Both there: is it another file, or the same one written, or given another mode or owner? */
static bool is_modified(const struct writer *w, const struct item *it)
{
	const struct inode *b = &it->before, *n = &it->now;
	bool written;

	if (!same_owner_and_mode(b, n))
		return true; /* another type, too: it is part of the mode */
	if (S_ISDIR(n->mode))
		return false;
	if (b->ino != n->ino || b->dev != n->dev || b->rdev != n->rdev)
		return true;
	if (b->size != n->size || b->mtime_ns != n->mtime_ns)
		return true;
	/* Written, and then given its old time back (cp -p, tar): only the ctime tells. */
	written = it->file && it->file < w->contents.count && w->contents.ids[it->file];
	return (written && b->ctime_ns != n->ctime_ns) || (it->late && written);
}

static bool xattrs_differ(const struct item *it)
{
	return it->has_before_xattrs && it->has_xattrs &&
		(it->before_xattrs.len != it->xattrs.len ||
			(it->xattrs.len && memcmp(it->before_xattrs.data, it->xattrs.data, it->xattrs.len)));
}

static void read_xattrs(struct item *it)
{
	it->has_xattrs = it->now.exists && xattrs_read(it->path, false, &it->xattrs) == 0;
}

static void decide(const struct writer *w, struct item *it)
{
	const struct inode *b = &it->before, *n = &it->now;

	if (b->exists && n->exists && is_device(b) && is_device(n))
		return; /* a device node is no installed file; one that was made is */
	if (b->exists && n->exists) {
		bool modified = is_modified(w, it);

		it->attributes_only = !modified && xattrs_differ(it);
		it->change = modified || it->attributes_only ? "modified" : NULL;
	} else if (b->exists || n->exists) {
		it->change = n->exists ? "created" : "removed";
	}
}

static void read_target(struct item *it)
{
	char target[PATH_MAX];

	if (S_ISLNK(it->now.mode) && io_readlink(it->path, target) >= 0)
		it->target = strdup(target);
}

static void hash_batch(struct writer *w, struct batch *b, struct hashing *h)
{
	size_t i, n = 0;

	for (i = 0; i < b->count; i++) {
		struct item *it = &b->items[i];

		if (!it->change || !it->now.exists || !S_ISREG(it->now.mode))
			continue;
		it->has_hash = early_hash(&w->early, it->file, &it->now, it->hash);
		if (!it->has_hash)
			b->jobs[n++] = (struct hash_job){ it->path, &it->now, it->hash, &it->has_hash };
	}
	hashing_run(h, b->jobs, n);
}

static void compare_content(const struct writer *w, struct item *it)
{
	const struct inode *b = &it->before, *n = &it->now;
	bool same_inode = b->ino == n->ino && b->dev == n->dev;

	it->content_changed = -1;
	if (!b->exists || !n->exists)
		return;
	if ((b->mode & S_IFMT) != (n->mode & S_IFMT))
		it->content_changed = 1;
	else if (S_ISLNK(n->mode) && it->before_target && it->target)
		it->content_changed = strcmp(it->before_target, it->target) != 0;
	else if (S_ISDIR(n->mode))
		it->content_changed = 0;
	else if (!S_ISREG(n->mode))
		it->content_changed = b->rdev != n->rdev;
	else if (it->has_before_hash && it->has_hash)
		it->content_changed = memcmp(it->before_hash, it->hash, SHA256_LEN) != 0;
	else if (b->size != n->size)
		it->content_changed = 1;
	else if (same_inode && !(it->file < w->contents.count && w->contents.ids[it->file]))
		it->content_changed = 0; /* never opened for writing */
}

/* Who wrote what stands there; for what is gone, who took it away. */
static const int64_t *writer_of(const struct writer *w, const struct item *it)
{
	const struct id_list *list = it->now.exists ? &w->contents : &w->touchers;
	int64_t exec = it->file < list->count ? list->ids[it->file] : 0;

	if (!exec && it->file < w->touchers.count)
		exec = w->touchers.ids[it->file];
	return exec && (size_t)exec < w->execs.count ? &w->execs.ids[exec] : NULL;
}

static int write_item(struct writer *w, const struct item *it, const int64_t *group)
{
	const struct inode *n = &it->now;
	int64_t v[] = { n->mode, n->uid, n->gid, (int64_t)n->size, n->mtime_ns, (int64_t)n->dev,
		(int64_t)n->ino, (int64_t)n->rdev };
	int64_t content = it->content_changed;
	bool there = it->change && n->exists;
	const int64_t *exec = it->change ? writer_of(w, it) : NULL;

#define V(i) (there ? &v[i] : NULL)
	return db_run(w->db, Q_ENTRY_SET, "iisIIIIIIIIbsbIIIi", w->run_id, it->path_id, it->change, V(0),
		V(1), V(2), V(3), V(4), V(5), V(6), V(7), it->has_hash ? it->hash : NULL, SHA256_LEN,
		it->change ? it->target : NULL,
		there && it->has_xattrs ? (it->xattrs.data ? it->xattrs.data : "") : NULL,
		(int)it->xattrs.len, there ? group : NULL,
		it->change && content >= 0 ? &content : NULL, exec, (int64_t)it->attributes_only);
#undef V
}

static int write_batch(struct writer *w, struct batch *b, struct u64map *groups)
{
	int r = writer_begin(w);
	size_t i;

	for (i = 0; r == 0 && i < b->count; i++) {
		const struct inode *n = &b->items[i].now;
		int64_t group = 0;

		if (n->exists && n->nlink > 1 && !S_ISDIR(n->mode)) {
			bool added;
			uint32_t *number = u64map_put(groups, mix64(n->ino ^ n->dev << 40), &added);

			if (number && added)
				*number = (uint32_t)groups->used;
			group = number ? *number : 0;
		}
		r = write_item(w, &b->items[i], group ? &group : NULL);
	}
	return r == 0 ? writer_commit(w) : r;
}

/*
 * What stands at a path now. Its folders were no symlinks when it was told; where
 * one has become a symlink, another file answers to the name, and nothing stands here.
 */
static int look(struct parents *parents, const char *path, struct inode *now)
{
	const char *name;
	int dir, r = parents_open(parents, path, &dir, &name);

	if (r == 0)
		return inode_stat(now, dir, name, AT_SYMLINK_NOFOLLOW);
	*now = (struct inode){ 0 };
	if (r == -ENOENT || r == -ELOOP)
		return 0;
	return inode_stat(now, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
}

static int settle_batch(struct writer *w, struct batch *b, struct u64map *groups, struct hashing *h)
{
	struct parents parents = PARENTS_INIT;
	size_t i;

	for (i = 0; i < b->count; i++) {
		struct item *it = &b->items[i];

		if (look(&parents, it->path, &it->now) < 0) {
			it->now = it->before;
			writer_note(w, "a path that was touched could not be looked at after the command: it is not in the manifest");
		}
		if (it->has_before_xattrs)
			read_xattrs(it);
		decide(w, it);
		if (it->change && !it->excluded && !it->has_xattrs)
			read_xattrs(it);
		read_target(it);
	}
	parents_forget(&parents);
	hash_batch(w, b, h);
	for (i = 0; i < b->count; i++)
		compare_content(w, &b->items[i]);
	return write_batch(w, b, groups);
}

int writer_manifest(struct writer *w)
{
	struct u64map groups = { 0 };
	struct hashing hashing = { 0 };
	struct batch *b = calloc(1, sizeof *b);
	int64_t after = 0;
	int r = b ? links_complete(w) : -ENOMEM;

	if (r == 0)
		r = writer_begin(w);
	if (r == 0)
		r = db_run(w->db, Q_ORIGINALS_PLACE, "i", w->run_id);
	while (r == 0) {
		r = read_batch(w, b, after);
		if (r < 0 || b->count == 0)
			break;
		after = b->items[b->count - 1].path_id;
		r = settle_batch(w, b, &groups, &hashing);
		batch_clear(b);
	}
	if (r == 0)
		r = writer_begin(w);
	if (r == 0)
		r = db_run(w->db, Q_ENTRY_UNGROUP, "i", w->run_id);
	if (r == 0)
		r = db_run(w->db, Q_ENTRY_PROCESS, "i", w->run_id);
	if (r == 0)
		r = writer_commit(w);
	if (b)
		batch_clear(b);
	free(b);
	u64map_release(&groups);
	hashing_release(&hashing);
	return r;
}
