/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_ENTRY_H
#define UNDO_ENTRY_H
/*
 * What a run changed, path by path, as the record has it: what stood there
 * before and what it left.
 */
#include "base/buf.h"
#include "base/digest.h"
#include "model/inode.h"
#include "model/sink.h"
#include "store/sql.h"

/* One side of a change. */
struct side {
	struct inode i; /* i.exists: something stood there */
	bool has_hash, has_xattrs;
	unsigned char hash[SHA256_LEN]; /* of a regular file */
	char *target;                   /* of a symlink, or NULL when it is not known */
	struct buf xattrs;              /* packed (base/xattrs.h) */
};

enum change { CHANGE_CREATED, CHANGE_MODIFIED, CHANGE_REMOVED };

/*
 * Half-done, a file matches no side of the record; or it could not be put back where what the run
 * had left is gone. The numbers stand in the database.
 */
enum begun { BEGUN_NOT, BEGUN_META, BEGUN_CONTENT, BEGUN_GONE };

struct entry {
	int64_t path_id;
	char *path;
	enum change change;
	bool excluded;
	bool late;                   /* what was before was asked too late to be sure */
	bool hidden;                 /* on a file system that does not stand there any more */
	/* a folder that is made only for what comes back in it; a file that is only linked to */
	bool as_needed;
	bool if_empty;               /* a folder that stays if something of before is in it */
	bool of_others;              /* it is here for what it may hold: another's, given up */
	bool put_back;               /* of those: an undo has made it anew */
	/* where the file that stands there stood before, which is no place of these; or NULL */
	char *home;
	bool home_excluded;          /* that one, or one to which it need not go, is excluded */
	enum begun begun;            /* an undo was at it, in place */
	int content_changed;         /* -1: not known */
	enum keep keep;
	int64_t since_ns;            /* when what it tells of began, if before the run; else 0 */
	int64_t found_by;            /* who found what was before, if not the run; else 0 */
	uint32_t file, before_file;  /* which inode stands there now, and which did before */
	struct side before, after;
};

void entry_release(struct entry *e);
void entry_release_side(struct side *s);

/* Did a file stand there before, by its number, that stands there no more? */
bool entry_has_left(const struct entry *e);

struct entries {
	struct entry *e; /* by path: a folder stands before what is in it */
	size_t count;
};

/*
 * All that run_id changed and that counts as installed; and what it carried
 * from an excluded place to one that is not. 0 or -errno.
 */
int entries_load(struct entries *out, struct db *db, int64_t run_id) MUST_CHECK;
/* After entries were added: by path. */
void entries_sort(struct entries *all);
/* The entry of a path's first n bytes, or NULL. */
struct entry *entries_find(const struct entries *all, const char *path, size_t n);
/* The entry of the nearest folder above path that has one, or NULL. */
struct entry *entries_above(const struct entries *all, const char *path);
void entries_release(struct entries *all);

/* The columns of query ENTRIES: of the entry, then those of its two sides. */
enum { ENTRY_COLUMNS = 12 + 2 * (INODE_COLUMNS + 3) };
/* One row of it, or of a query that has more behind those. 0 or -ENOMEM. */
int entry_read(struct entry *e, const struct rows *rows) MUST_CHECK;

/* "file", "dir" and so on, as the view manifest says. */
const char *type_name(uint32_t mode);

#endif
