/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RESOLVE_FOLDERS_H
#define RESOLVE_FOLDERS_H
/*
 * The names of the folders that were seen, by their inodes: to ask the kernel
 * for one costs several times as much as to ask which folder it is.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "model/inode.h"

struct folder {
	uint64_t key;
	UT_hash_handle hh;
	size_t len;
	char path[]; /* canonical, with a NUL */
};

struct folders {
	struct folder *table;
	/* Renames of folders under way: between its two stops nobody knows which name holds. */
	unsigned int moving;
};

/* The name of this folder, until the next call of any of these; NULL: not known. */
const struct folder *folders_find(const struct folders *f, const struct inode *dir);
/* Remembers a name that the kernel gave for it, if that name leads there; else NULL. */
const struct folder *folders_learn(struct folders *f, const struct inode *dir, const char *path,
	size_t len);
/* A folder got another name: what was known is no longer true. */
void folders_forget(struct folders *f);

#endif
