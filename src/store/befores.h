/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_BEFORES_H
#define STORE_BEFORES_H
/*
 * The files that a run found, known again by their inodes. The moves of the last moment
 * of a recorder that was killed are not on record: which file stands at a path now, and
 * so where one has gone, the disk has to say.
 */
#include "base/u64map.h"
#include "store/hands.h"
#include "store/run.h"

struct befores {
	struct u64map files;   /* an inode -> the run's number for it */
	struct id_list inodes; /* and back */
	struct u64map places;  /* an inode -> 1 + its place below */
	struct inode *each;    /* as the run found them */
	size_t count;
};

/* From the run's entries, with the device numbers of today. 0 or -errno. */
int befores_read(struct befores *b, const struct run *run) MUST_CHECK;
/*
 * The number of what stands there now, by the record `said`; 0: not one that is known. What may
 * have been born since the run began is what it was said to be, unless it is as one of them was.
 */
uint32_t befores_file(const struct befores *b, const struct run *run, const struct inode *now,
	uint32_t said);
/* The number of the file that is `now`, and in *was how the run found it; 0: it is none of them. */
uint32_t befores_was(const struct befores *b, const struct run *run, const struct inode *now,
	const struct inode **was);
void befores_release(struct befores *b);

#endif
