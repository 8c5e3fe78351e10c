/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve/folders.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/mix.h"

/* Remembered at most; then the table starts anew. */
#define FOLDERS_MAX 4096

/* One folder may be seen under two names through two mounts, hence the mount in the key. */
static uint64_t key_of(const struct inode *i)
{
	return mix64(inode_identity(i) ^ (i->mount * 0x9e3779b97f4a7c15ULL));
}

const struct folder *folders_find(const struct folders *f, const struct inode *dir)
{
	uint64_t key = key_of(dir);
	struct folder *d;

	if (f->moving || !dir->mount)
		return NULL;
	HASH_FIND(hh, f->table, &key, sizeof key, d);
	return d;
}

/* A mount may lie over it, or a folder above it be closed to us: then its name is no way to it. */
static bool leads_to(const char *path, uint64_t key)
{
	struct inode there;

	return inode_stat(&there, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW) == 0 && there.exists &&
		key_of(&there) == key;
}

const struct folder *folders_learn(struct folders *f, const struct inode *dir, const char *path,
	size_t len)
{
	uint64_t key = key_of(dir);
	struct folder *d;

	if (f->moving || !dir->mount || !leads_to(path, key))
		return NULL;
	if (HASH_COUNT(f->table) >= FOLDERS_MAX)
		folders_forget(f);
	d = malloc(sizeof *d + len + 1);
	if (!d)
		return NULL;
	d->key = key;
	d->len = len;
	memcpy(d->path, path, len);
	d->path[len] = '\0';
	HASH_ADD(hh, f->table, key, sizeof d->key, d);
	if (hash_added(d) < 0) {
		free(d);
		return NULL;
	}
	return d;
}

void folders_forget(struct folders *f)
{
	struct folder *d, *next;

	HASH_ITER(hh, f->table, d, next) {
		HASH_DEL(f->table, d);
		free(d);
	}
}
