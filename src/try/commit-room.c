/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "try/commit-room.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"

/* What a rollback writes to the database: by itself, and for each path. */
#define RESERVE (4LL << 20)
#define RESERVE_EACH 8192LL

struct disk {
	uint64_t dev, need, free;
	const char *path; /* the first that is made there */
};

struct disks {
	struct disk *each;
	size_t count;
};

/* What is made before anything goes. */
static bool takes_room(const struct commit_item *it)
{
	return it->act == COMMIT_MAKE && !it->from && S_ISREG(it->want.i.mode) && it->want.i.size;
}

/* In the scene, so without its holes. */
static uint64_t room_of(struct commit_plan *p, const struct commit_item *it)
{
	const char *name;
	struct stat st;
	uint64_t blocks;
	int dir;

	if (parents_open(&p->scene, it->e->path, &dir, &name) < 0 ||
		fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	blocks = (uint64_t)st.st_blocks * 512;
	return blocks < it->want.i.size ? blocks : it->want.i.size;
}

/* The folder that it is made in, or the nearest one above that is there already. */
static int open_folder(struct commit_plan *p, const char *path, int *dir)
{
	char above[PATH_MAX];
	const char *name;
	int r;

	snprintf(above, sizeof above, "%s", path);
	while ((r = parents_open(&p->real, above, dir, &name)) < 0 && strrchr(above, '/') > above)
		*strrchr(above, '/') = '\0';
	return r;
}

/* As who asks may have them; UINT64_MAX: that file system does not tell. */
static uint64_t free_on(int dir)
{
	struct statvfs fs;

	if (fstatvfs(dir, &fs) < 0 || !fs.f_blocks)
		return UINT64_MAX;
	return (uint64_t)(geteuid() == 0 ? fs.f_bfree : fs.f_bavail) * fs.f_frsize;
}

/* NULL: no memory. */
static struct disk *disk_of(struct disks *d, uint64_t dev, int dir, const char *path)
{
	struct disk *more;
	size_t i;

	for (i = 0; i < d->count; i++)
		if (d->each[i].dev == dev)
			return &d->each[i];
	more = ARRAY_MORE(d->each, d->count);
	if (more)
		*more = (struct disk){ .dev = dev, .free = free_on(dir), .path = path };
	return more;
}

static int add(struct disks *d, struct commit_plan *p, const struct commit_item *it)
{
	struct disk *disk;
	struct stat st;
	int dir;

	if (!takes_room(it) || open_folder(p, it->e->path, &dir) < 0 || fstat(dir, &st) < 0)
		return 0; /* whoever makes it says why not */
	disk = disk_of(d, st.st_dev, dir, it->e->path);
	if (!disk)
		return -ENOMEM;
	disk->need += room_of(p, it);
	return 0;
}

static int tell(const struct disk *disk, struct words *words)
{
	return words_set(words, -ENOSPC,
		"there is no room for %s and what else is made on its file system: it takes "
		"%llu MiB, and %llu MiB are free (--force tries it): nothing was changed",
		disk->path, (unsigned long long)((disk->need + (1 << 20) - 1) >> 20),
		(unsigned long long)(disk->free >> 20));
}

int commit_room_check(struct commit_plan *p, struct words *words)
{
	struct disks d = { NULL, 0 };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < p->all.count; i++)
		r = add(&d, p, &p->items[i]);
	if (r < 0)
		words_set(words, r, "out of memory");
	for (i = 0; r == 0 && i < d.count; i++)
		if (d.each[i].need > d.each[i].free)
			r = tell(&d.each[i], words);
	free(d.each);
	parents_forget(&p->real);
	return r;
}

int commit_room_reserve(const struct commit_plan *p, int *reserve, struct words *words)
{
	char folder[PATH_MAX];
	char *slash;
	off_t size = RESERVE + RESERVE_EACH * (off_t)p->all.count;

	snprintf(folder, sizeof folder, "%s", db_path(p->db));
	slash = strrchr(folder, '/');
	snprintf(slash ? slash + 1 : folder, 2, ".");
	*reserve = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (*reserve < 0 || posix_fallocate(*reserve, 0, size) != ENOSPC)
		return 0;
	cleanup_closep(reserve);
	*reserve = -1;
	return words_set(words, -ENOSPC,
		"beside the database there is no room to take the commit back, should it fail "
		"(%lld MiB): nothing was changed", (long long)(size >> 20));
}
