/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_TOUCHES_H
#define RECORD_TOUCHES_H
/*
 * What the run has changed so far: which paths, and which files stand at
 * them. Told on to the sink at the first change to each path.
 */
#include "base/u64map.h"
#include "model/scope.h"
#include "model/sink.h"

struct touches {
	struct sink *sink;
	const struct scope *scope;
	struct u64map paths; /* path -> the file that was there last */
	struct u64map files; /* inode identity -> our number for it */
	uint32_t last_file;
};

void touches_release(struct touches *t);
/* Our number for a file, given at first sight; 0 when nothing is there. */
uint32_t touches_file(struct touches *t, const struct inode *i);
bool touches_path_known(const struct touches *t, const char *path);
bool touches_file_known(const struct touches *t, const struct inode *i);
/*
 * A change to path happened, before which `before` stood there; only the
 * first of a path counts.
 */
void touches_path(struct touches *t, const char *path, const struct inode *before, bool late);
/* From now on `file` stands at path. */
void touches_place(struct touches *t, const char *path, uint32_t file);

#endif
