/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STAGE_STAGE_H
#define STAGE_STAGE_H
/* A folder of our own, for tools that want one. */
#include "base/cleanup.h"
#include "package/metadata.h"

struct stage {
	char *folder;
	char *tmpdir; /* what $TMPDIR was, "" nothing; NULL: it is so still */
	int lock; /* of the folder, as long as we, or a child that has it from us, live */
};
#define STAGE_INIT (struct stage){ NULL, NULL, -1 }

/*
 * A new folder, with room for the payload: below $TMPDIR, else in memory when
 * it is small, else on a disk. Children are told to make their temporary files
 * there, too. Those that killed ones of our user left are removed. 0, or -1
 * after saying why.
 */
int stage_open(struct stage *s, const struct payload *p);
/* Removes it. */
void stage_close(struct stage *s);
/*
 * Removes a file, or a folder and all that is in it, whatever its mode; one that
 * nobody else may write in. 0, also when it is not there, or -errno.
 */
int stage_remove(int parent, const char *name);
/* The name of a file that is to be made in the stage. 0, or -1 after saying why. */
int stage_name(const struct metadata *m, struct buf *out);
/*
 * The file, whose name is taken, is packed in the place of what the member has: its size and sums
 * are that one's from here on. 0, or -1 after saying why.
 */
int stage_pack(struct member *e, struct buf *file, const struct metadata *m);
/* A new file with that text. 0, or -1 after saying why. */
int stage_write(const char *file, const struct buf *text);

#endif
