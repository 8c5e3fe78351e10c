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

struct expected;

struct touches {
	struct sink *sink;
	int64_t started_ns; /* by the clock that file systems stamp with */
	const struct scope *scope;
	struct u64map paths; /* path -> the file that was there last */
	struct u64map files; /* inode identity -> our number for it */
	uint32_t last_file;
	struct expected *expected; /* paths of calls between their two stops */
};

void touches_release(struct touches *t);
/* Our number for a file, given at first sight; 0 when nothing is there. */
uint32_t touches_file(struct touches *t, const struct inode *i);
bool touches_path_known(const struct touches *t, const char *path);
bool touches_file_known(const struct touches *t, const struct inode *i);
/*
 * A call that may change path stands at its entry, and `before` is there. Two
 * calls can be under way at once, and the second one finds what the first has
 * done already: for both, what counts is what the first one found. Each is
 * ended by touches_done(), whether it succeeded or not.
 */
void touches_expect(struct touches *t, const char *path, const struct inode *before);
void touches_done(struct touches *t, const char *path);
/*
 * A change to path happened, before which `before` stood there; only the
 * first of a path counts.
 */
void touches_path(struct touches *t, const char *path, const struct inode *before, bool late);
/* From now on `file` stands at path. */
void touches_place(struct touches *t, const char *path, uint32_t file);

#endif
