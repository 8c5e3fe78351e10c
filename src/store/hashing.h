/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_HASHING_H
#define STORE_HASHING_H
/*
 * Many files -> their digests, on all CPUs, each file read once however many
 * names it has.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"
#include "base/u64map.h"
#include "model/inode.h"

struct hash_job {
	const char *path;
	const struct inode *now;
	unsigned char *hash; /* SHA256_LEN bytes, written when *done is set */
	bool *done;
};

/* What was read before under another name; starts as zeroes. */
struct hashing {
	struct u64map numbers; /* inode -> 1 + its place below */
	unsigned char (*hashes)[SHA256_LEN];
	size_t count, room;
};

void hashing_release(struct hashing *h);
/* Does all the jobs and reorders them. A file that cannot be read leaves *done as it was. */
void hashing_run(struct hashing *h, struct hash_job *jobs, size_t count);

#endif
