/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/befores.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/array.h"
#include "model/inode.h"

static int add(struct befores *b, uint32_t file, const struct inode *before)
{
	bool added;
	uint32_t *at = u64map_put(&b->files, inode_place(before), &added);

	if (!at)
		return -ENOMEM;
	*at = file;
	if (added) {
		struct inode *more = ARRAY_MORE(b->each, b->count);

		at = more ? u64map_put(&b->places, inode_place(before), &added) : NULL;
		if (!at)
			return -ENOMEM;
		*more = *before;
		*at = (uint32_t)b->count;
	}
	return id_set(&b->inodes, file, (int64_t)before->ino);
}

int befores_read(struct befores *b, const struct run *run)
{
	_cleanup_rows_ struct rows rows = ROWS_INIT;
	int r = db_rows(&rows, run->db, Q_ENTRY_BEFORES, "i", run->id);

	while (r == 0 && (r = rows_next(&rows)) > 0) {
		struct inode before;

		rows_inode(&rows, 1, &before);
		r = add(b, (uint32_t)rows_int(&rows, 0), &before);
	}
	return r;
}

/* Is the file of that number one of before, and another one? */
static bool is_another(const struct befores *b, uint32_t file, const struct inode *now)
{
	const int64_t *ino = id_get(&b->inodes, file);

	return ino && *ino != (int64_t)now->ino;
}

/*
 * Its birth may tell that it is of before, and never that it is not: a clock may have run ahead.
 * A number that was given again comes with another time.
 */
static bool is_of_before(const struct befores *b, const struct run *run, const struct inode *now)
{
	const uint32_t *at = u64map_get(&b->places, inode_place(now));

	return at && (inode_born_by(now, run->started_ns) ||
		((S_ISREG(now->mode) || S_ISLNK(now->mode)) &&
			inode_is_like(now, &b->each[*at - 1])));
}

uint32_t befores_file(const struct befores *b, const struct run *run, const struct inode *now,
	uint32_t said)
{
	const uint32_t *at = u64map_get(&b->files, inode_place(now));
	bool old = inode_born_by(now, run->started_ns), other = is_another(b, said, now);

	/* Of a folder its number alone is not enough: what is in it would have to go along. */
	if (!now->exists || S_ISDIR(now->mode))
		return said;
	if (at && is_of_before(b, run, now) && (old || !said || other))
		return *at;
	return old && other ? 0 : said;
}

uint32_t befores_was(const struct befores *b, const struct run *run, const struct inode *now,
	const struct inode **was)
{
	const uint32_t *at = NULL, *file = NULL;

	/* A number is given again. */
	if (b && now->exists && !inode_born_since(now, run->started_ns)) {
		at = u64map_get(&b->places, inode_place(now));
		file = u64map_get(&b->files, inode_place(now));
	}
	*was = at ? &b->each[*at - 1] : NULL;
	return at && file ? *file : 0;
}

void befores_release(struct befores *b)
{
	u64map_release(&b->places);
	free(b->each);
	u64map_release(&b->files);
	free(b->inodes.ids);
	*b = (struct befores){ 0 };
}
