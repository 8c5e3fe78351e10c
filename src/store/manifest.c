/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The net effect: for each path that was touched, what was there before
 * against what the disk shows now. The disk is asked, so a change that was
 * seen only in part (a task killed inside a call) still comes out right.
 */
#include "store/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/parents.h"
#include "base/quiet.h"
#include "base/u64map.h"
#include "base/xattrs.h"
#include "store/hashing.h"
#include "store/links.h"
#include "store/upheld.h"
#include "store/whose.h"

/* Entries in memory at a time. */
#define BATCH 2048

/* Of what stands at a path, where something stood before. */
enum verdict { VERDICT_NONE, VERDICT_SAME, VERDICT_MODIFIED, VERDICT_BY_CONTENT };

struct item {
	int64_t path_id;
	char *path, *before_target, *target;
	uint32_t file, before_file;
	enum verdict verdict;
	bool late, excluded, has_before_hash, has_hash;
	enum whose whose;
	bool told; /* settled says something: what its row has of the after-side */
	struct inode settled;
	bool placed; /* the disk, and not the record, says which file stands there now */
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

/* The columns of ENTRY_BATCH. */
enum batch_column {
	COLUMN_PATH_ID,
	COLUMN_PATH,
	COLUMN_FILE,
	COLUMN_BEFORE_FILE,
	COLUMN_LATE,
	COLUMN_EXCLUDED,
	COLUMN_TARGET,
	COLUMN_SHA256,
	COLUMN_XATTRS,
	COLUMN_TOLD,
	COLUMN_SETTLED,
	COLUMN_BEFORE = COLUMN_SETTLED + INODE_COLUMNS,
};

static int read_item(struct item *it, const struct rows *rows)
{
	*it = (struct item){ .path_id = rows_int(rows, COLUMN_PATH_ID),
		.path = strdup(rows_text(rows, COLUMN_PATH)),
		.file = (uint32_t)rows_int(rows, COLUMN_FILE),
		.before_file = (uint32_t)rows_int(rows, COLUMN_BEFORE_FILE),
		.late = rows_int(rows, COLUMN_LATE),
		.excluded = rows_int(rows, COLUMN_EXCLUDED),
		.told = rows_int(rows, COLUMN_TOLD) };
	rows_inode(rows, COLUMN_SETTLED, &it->settled);
	rows_inode(rows, COLUMN_BEFORE, &it->before);
	if (rows_type(rows, COLUMN_TARGET) != ROWS_NULL)
		it->before_target = strdup(rows_text(rows, COLUMN_TARGET));
	if (rows_bytes(rows, COLUMN_SHA256) == SHA256_LEN) {
		it->has_before_hash = true;
		memcpy(it->before_hash, rows_blob(rows, COLUMN_SHA256), SHA256_LEN);
	}
	if (rows_type(rows, COLUMN_XATTRS) != ROWS_NULL) {
		it->has_before_xattrs = true;
		buf_add(&it->before_xattrs, rows_blob(rows, COLUMN_XATTRS),
			(size_t)rows_bytes(rows, COLUMN_XATTRS));
	}
	return it->path && !it->before_xattrs.failed ? 0 : -ENOMEM;
}

static int read_batch(struct run *run, struct batch *b, int64_t after)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, run->db, Q_ENTRY_BATCH, "iii", run->id, after, (int64_t)BATCH);

	while (r == 0 && (r = rows_next(&rows)) > 0)
		r = read_item(&b->items[b->count++], &rows);
	return r;
}

static bool same_owner_and_mode(const struct inode *a, const struct inode *b)
{
	return a->mode == b->mode && a->uid == b->uid && a->gid == b->gid;
}

/* A number alone is not enough: what is removed and made anew often gets it again. */
static bool is_other_file(const struct item *it)
{
	const struct inode *b = &it->before, *n = &it->now;

	return b->ino != n->ino || b->dev != n->dev || b->rdev != n->rdev ||
		(it->file && it->file != it->before_file);
}

/* Both there: is it another file, or the same one written, or given another mode or owner? */
static enum verdict judge(const struct hands *hands, const struct item *it)
{
	const struct inode *b = &it->before, *n = &it->now;

	if (!same_owner_and_mode(b, n))
		return VERDICT_MODIFIED; /* another type, too: it is part of the mode */
	if (S_ISDIR(n->mode))
		return VERDICT_SAME;
	/* It is the device that counts, not the node; what is written to it is not the node's. */
	if (inode_is_device(n))
		return b->rdev != n->rdev ? VERDICT_MODIFIED : VERDICT_SAME;
	if (is_other_file(it))
		return VERDICT_MODIFIED;
	/* The time of a FIFO says that something went through. */
	if (!S_ISREG(n->mode) && !S_ISLNK(n->mode))
		return VERDICT_SAME;
	if (b->size != n->size || b->mtime_ns != n->mtime_ns)
		return VERDICT_MODIFIED;
	if (!id_get(&hands->contents, it->file))
		return VERDICT_SAME;
	/*
	 * Opened for writing. Its old time may have been given back to it (cp -p, tar), and a store
	 * through a mapping sets none on some file systems (tmpfs): the content itself tells, or
	 * else the ctime.
	 */
	if (it->has_before_hash)
		return VERDICT_BY_CONTENT;
	return b->ctime_ns != n->ctime_ns || it->late ? VERDICT_MODIFIED : VERDICT_SAME;
}

static bool xattrs_differ(const struct item *it)
{
	return it->has_before_xattrs && it->has_xattrs &&
		(it->before_xattrs.len != it->xattrs.len ||
			(it->xattrs.len &&
				memcmp(it->before_xattrs.data, it->xattrs.data, it->xattrs.len)));
}

static void read_xattrs(struct item *it)
{
	it->has_xattrs = it->now.exists && xattrs_read(it->path, false, &it->xattrs) == 0;
}

static void set_verdict(struct item *it, enum verdict verdict)
{
	it->verdict = verdict;
	it->attributes_only = verdict == VERDICT_SAME && xattrs_differ(it);
	it->change = verdict == VERDICT_MODIFIED || it->attributes_only ? "modified" : NULL;
}

static void decide(const struct hands *hands, struct item *it)
{
	const struct inode *b = &it->before, *n = &it->now;

	if (b->exists && n->exists)
		set_verdict(it, judge(hands, it));
	else if (b->exists || n->exists)
		it->change = n->exists ? "created" : "removed";
}

static void decide_by_content(struct item *it)
{
	bool same = it->has_hash ? !memcmp(it->before_hash, it->hash, SHA256_LEN) :
				   it->before.ctime_ns == it->now.ctime_ns;

	set_verdict(it, same ? VERDICT_SAME : VERDICT_MODIFIED);
	it->has_hash = it->has_hash && it->change;
}

static void read_target(struct item *it, struct quiet *quiet)
{
	char target[PATH_MAX];

	if (S_ISLNK(it->now.mode) && quiet_readlink(quiet, it->path, target) >= 0)
		it->target = strdup(target);
}

static void hash_batch(const struct manifest *m, struct batch *b, struct hashing *h)
{
	size_t i, n = 0;

	for (i = 0; i < b->count; i++) {
		struct item *it = &b->items[i];

		if ((!it->change && it->verdict != VERDICT_BY_CONTENT) || !it->now.exists ||
			!S_ISREG(it->now.mode))
			continue;
		it->has_hash = m->early && early_hash(m->early, it->file, &it->now, it->hash);
		if (!it->has_hash)
			b->jobs[n++] =
				(struct hash_job){ it->path, &it->now, it->hash, &it->has_hash };
	}
	hashing_run(h, b->jobs, n);
}

static void compare_content(const struct hands *hands, struct item *it)
{
	const struct inode *b = &it->before, *n = &it->now;
	bool same_inode = b->ino == n->ino && b->dev == n->dev;

	it->content_changed = -1;
	if (!b->exists || !n->exists)
		return;
	if ((b->mode & S_IFMT) != (n->mode & S_IFMT))
		it->content_changed = 1;
	else if (S_ISLNK(n->mode))
		it->content_changed = it->before_target && it->target ?
			strcmp(it->before_target, it->target) != 0 :
			-1;
	else if (S_ISDIR(n->mode))
		it->content_changed = 0;
	else if (!S_ISREG(n->mode))
		it->content_changed = b->rdev != n->rdev;
	else if (it->has_before_hash && it->has_hash)
		it->content_changed = memcmp(it->before_hash, it->hash, SHA256_LEN) != 0;
	else if (b->size != n->size)
		it->content_changed = 1;
	else if (same_inode && !id_get(&hands->contents, it->file))
		it->content_changed = 0; /* never opened for writing */
}

/* Who wrote what stands there; for what is gone, who took it away. */
static const int64_t *writer_of(const struct manifest *m, const struct item *it)
{
	const int64_t *exec = it->now.exists ? id_get(&m->hands->contents, it->file) : NULL;

	return exec ? exec : id_get(&m->hands->touchers, it->file);
}

static int write_item(const struct manifest *m, const struct item *it, const int64_t *group)
{
	static const struct inode nothing;
	int64_t content = it->content_changed;
	bool there = it->change && it->now.exists;
	int r = 0;

	if (it->placed)
		r = db_run(m->run->db, Q_ENTRY_PLACE, "iii", m->run->id, it->path_id,
			(int64_t)it->file);
	if (r < 0)
		return r;
	return db_run(m->run->db, Q_ENTRY_SET, "iisNbsbIIIi", m->run->id, it->path_id, it->change,
		there ? &it->now : &nothing, it->has_hash ? it->hash : NULL, SHA256_LEN,
		it->change ? it->target : NULL,
		there && it->has_xattrs ? (it->xattrs.data ? it->xattrs.data : "") : NULL,
		(int)it->xattrs.len, there ? group : NULL,
		it->change && content >= 0 ? &content : NULL, it->change ? writer_of(m, it) : NULL,
		(int64_t)it->attributes_only);
}

/* The last number that was given: what stays as it was settled keeps its own. */
struct groups {
	struct u64map numbers;
	uint32_t last;
};

/* Names of one inode have one number; 0: it has but one name. */
static int64_t group_of(struct groups *groups, const struct inode *now)
{
	uint32_t *number;
	bool added;

	if (!now->exists || now->nlink < 2 || S_ISDIR(now->mode))
		return 0;
	number = u64map_put(&groups->numbers, inode_place(now), &added);
	if (number && added)
		*number = ++groups->last;
	return number ? *number : 0;
}

static int write_batch(const struct manifest *m, struct batch *b, struct groups *groups)
{
	int r = run_begin(m->run);
	size_t i;

	for (i = 0; r == 0 && i < b->count; i++) {
		int64_t group = group_of(groups, &b->items[i].now);

		if (b->items[i].whose != WHOSE_ROW)
			r = write_item(m, &b->items[i], group ? &group : NULL);
	}
	return r == 0 ? run_commit(m->run) : r;
}

/*
 * What stands at a path now. Its folders were no symlinks when it was told; where
 * one has become a symlink, another file answers to the name, and nothing stands here.
 */
static int look(struct parents *parents, const char *path, struct inode *now)
{
	int r = inode_at(now, parents, path);

	if (r == -ENOENT || r == -ELOOP)
		return 0;
	return r < 0 ? inode_stat(now, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW) : 0;
}

/*
 * Nobody said which file stands there now: it is the one that did before. What is born later
 * has another birth, whatever its number.
 */
static bool has_stayed(const struct manifest *m, const struct item *it)
{
	const struct inode *b = &it->before, *n = &it->now;

	return it->before_file && !it->file && b->exists && n->exists && b->ino == n->ino &&
		b->dev == n->dev && inode_born_by(n, m->run->started_ns);
}

static void place(const struct manifest *m, struct item *it)
{
	uint32_t said = it->file;

	if (has_stayed(m, it))
		it->file = it->before_file;
	else if (m->befores && !m->done)
		it->file = befores_file(m->befores, m->run, &it->now, said);
	it->placed = it->file != said;
}

/* Where one note for each would be too many: the first is named. */
static void note_unseen(struct run *run, const char *path, int error)
{
	static const char unseen[] = "could not be looked at after the command";
	_cleanup_buf_ struct buf text = BUF_INIT;

	if (run->notes && strstr(run->notes, unseen)) {
		run_note(run, "nor could other paths be: they are not in the manifest either");
		return;
	}
	buf_add_shown(&text, path, strlen(path));
	buf_addf(&text, " %s (%s): it is not in the manifest", unseen, strerror(-error));
	if (!text.failed)
		run_note(run, text.data);
}

/* What was taken away is known to be gone all the same; what is there by now is not. */
static void take_as_told(const struct manifest *m, struct item *it, int error)
{
	it->now = it->before;
	if (db_int(m->run->db, Q_WAS_REMOVED, 0, "ii", m->run->id, it->path_id))
		it->now = (struct inode){ 0 };
	else
		note_unseen(m->run, it->path, error);
}

/* As nothing is: a digest that no content has, a text that no link can have. */
static void forget_after(struct run *run, struct item *it)
{
	if (it->whose != WHOSE_UNKNOWN || !it->change || !it->now.exists)
		return;
	run_note(run,
		"something was changed when the recorder had died, or the run had no more to do "
		"with it: that is somebody else's doing, and what the run had left there is not "
		"known");
	memset(it->hash, 0, SHA256_LEN);
	it->has_hash = S_ISREG(it->now.mode);
	if (it->target)
		*it->target = '\0';
	it->content_changed = -1;
}

static void look_at(const struct manifest *m, struct parents *parents, struct item *it)
{
	int r = look(parents, it->path, &it->now);

	it->whose = whose(m,
		&(struct standing){ it->path, it->file, it->before_file, it->told, &it->settled,
			&it->before, &it->now });
	if (it->whose == WHOSE_ROW || it->whose == WHOSE_NOT_RUN)
		return;
	if (r < 0)
		take_as_told(m, it, r);
	place(m, it);
	if (it->has_before_xattrs)
		read_xattrs(it);
	decide(m->hands, it);
}

/* What its row says beside the content. */
static void read_rest(struct item *it, struct quiet *quiet)
{
	if (it->verdict == VERDICT_BY_CONTENT)
		decide_by_content(it);
	if (it->change && !it->excluded && !it->has_xattrs)
		read_xattrs(it);
	read_target(it, quiet);
}

static int settle_batch(const struct manifest *m, struct batch *b, struct groups *groups,
	struct hashing *h)
{
	struct parents parents = PARENTS_INIT;
	struct quiet quiet = QUIET_INIT;
	size_t i;

	for (i = 0; i < b->count; i++)
		look_at(m, &parents, &b->items[i]);
	parents_forget(&parents);
	hash_batch(m, b, h);
	for (i = 0; i < b->count; i++) {
		if (b->items[i].whose == WHOSE_ROW)
			continue;
		read_rest(&b->items[i], &quiet);
		compare_content(m->hands, &b->items[i]);
		forget_after(m->run, &b->items[i]);
	}
	quiet_release(&quiet);
	return write_batch(m, b, groups);
}

static int settle_all(const struct manifest *m, struct batch *b)
{
	struct groups groups = { .last = (uint32_t)db_int(m->run->db, Q_ENTRY_GROUPS, 0, "i",
					 m->run->id) };
	struct hashing hashing = { 0 };
	int64_t after = 0;
	int r;

	while ((r = read_batch(m->run, b, after)) == 0 && b->count) {
		after = b->items[b->count - 1].path_id;
		r = settle_batch(m, b, &groups, &hashing);
		batch_clear(b);
		if (r < 0)
			break;
	}
	batch_clear(b);
	u64map_release(&groups.numbers);
	hashing_release(&hashing);
	return r;
}

static int make(const struct manifest *m)
{
	_cleanup_free_ struct batch *b = calloc(1, sizeof *b);
	struct run *run = m->run;
	int r = b ? links_complete(run, m->hands, m->scope, m->anew) : -ENOMEM;

	if (r == 0)
		r = run_begin(run);
	if (r == 0)
		r = db_run(run->db, Q_ORIGINALS_PLACE, "i", run->id);
	if (r == 0)
		r = settle_all(m, b);
	if (r == 0)
		r = run_begin(run);
	if (r == 0)
		r = db_run(run->db, Q_ENTRY_UNGROUP, "i", run->id);
	return r == 0 ? run_commit(run) : r;
}

int manifest_settle(const struct manifest *m)
{
	struct run *run = m->run;
	bool any = db_int(run->db, Q_RUN_CAME_TO_ANY, 1, "i", run->id);
	int r = any ? make(m) : 0;

	if (r == 0)
		r = run_count(run);
	if (r == 0)
		r = run_settled(run, any);
	return r == 0 ? upheld_find(run) : r;
}
