/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_KEEP_H
#define RECORD_KEEP_H
/*
 * The store of kept originals, a folder beside the database: each content
 * once, in a file named by its SHA-256 (ab/cdef...). Written under another
 * name first, so that what has its name there is whole.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "model/inode.h"
#include "model/sink.h"

#define KEEP_LIMIT_DEFAULT (1ULL << 30)

struct keeper {
	char *folder;
	bool off;
	uint64_t limit, used; /* bytes a run; what was stored so far */
	int dir, lock;        /* the folder, once it was needed; -1 */
	int error;            /* why the folder cannot be used */
};

/* For the database at db_path; nothing is made before it is needed. 0 or -ENOMEM. */
int keep_init(struct keeper *k, const char *db_path);
void keep_release(struct keeper *k);
/*
 * Keeps the content of the regular file at path, which `now` was read of.
 * KEEP_WHOLE sets hash; anything else says why not, and *error its -errno.
 */
enum keep keep_content(struct keeper *k, const char *path, const struct inode *now,
	unsigned char hash[SHA256_LEN], int *error);

#endif
