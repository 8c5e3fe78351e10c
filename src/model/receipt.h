/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MODEL_RECEIPT_H
#define MODEL_RECEIPT_H
/*
 * What a file that was there before the run is about to lose, as one line of
 * text beside the database: written before the call goes on, and good until
 * the database itself has it on disk. The text is that of a symlink where it
 * is short enough: its making is one step in a file system's journal, before
 * the step that destroys the file.
 *
 * DB.d/run-RUN/N, N counting from 1.
 */
#include <limits.h>

#include "base/buf.h"
#include "model/sink.h"

#define RECEIPT_NAME 32
#define RECEIPT_LINK_MAX (PATH_MAX - 1)

void receipt_folder(char out[RECEIPT_NAME], int64_t run_id);
void receipt_pack(struct buf *out, const struct touch *t, const struct original *o);
/*
 * Takes text of len bytes and a NUL apart, in place: the strings of *t and *o,
 * and the digest in hash, point into it. 0, or -EINVAL: it is none of ours.
 */
int receipt_unpack(char *text, size_t len, struct touch *t, struct original *o,
	unsigned char hash[32]);

#endif
