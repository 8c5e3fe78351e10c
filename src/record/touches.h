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
#include "resolve/mounts.h"

struct expected;

struct touches {
	struct sink *sink;
	int64_t started_ns; /* what has a later stamp was made since the start */
	const struct scope *scope;
	struct mounts *mounts;
	struct covered *covered; /* changes on mounts that may be gone again in the end */
	size_t covered_count;
	struct u64map covered_at; /* path -> it is there */
	/* path -> the file that was there last, and if there was one at the start */
	struct u64map paths;
	struct u64map files; /* inode identity -> our number for it */
	uint32_t last_file;
	struct expected *expected; /* paths of calls between their two stops */
	unsigned char *flags; /* of each file, by its number: enum file_flag */
	uint32_t flags_room;
	bool all_have_names; /* any file may have several: folders are mounted twice */
	struct first_sight *linked; /* files with several names, as they were at first sight */
	size_t linked_count;
	struct u64map linked_at; /* file -> its place there */
};

/* What is known of a file beside its number. */
enum file_flag {
	FILE_MADE = 1,     /* by the run: nothing of it was there before */
	/* stood at a path that counts as installed, wherever it goes from there */
	FILE_WANTED = 2,
	FILE_CONTENT = 4,  /* its content was kept, or will not be */
	FILE_META = 8,     /* its attributes and, of a symlink, its text, likewise */
};

void touches_release(struct touches *t);
/* Our number for a file, given at first sight; 0 when nothing is there. */
uint32_t touches_file(struct touches *t, const struct inode *i);
/* The same for a file that the run has just made. */
uint32_t touches_made(struct touches *t, const struct inode *i);
/* enum file_flag of a file; 0 also when it is not known. */
unsigned int touches_flags(const struct touches *t, const struct inode *i);
void touches_mark(struct touches *t, uint32_t file, unsigned int flags);
void touches_unmark(struct touches *t, uint32_t file, unsigned int flags);
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
/* What was changed on a mount of the run's own counts if it is still mounted now: at the end. */
void touches_uncover(struct touches *t);
/* From now on `file` stands at path. */
void touches_place(struct touches *t, const char *path, uint32_t file);
/* The same of what stands there now, if anything does: after a call that nobody can tell of. */
void touches_look(struct touches *t, const char *path);

/* Something may have become of what stands at path, nobody tells what: its file is told again. */
void touches_doubt(struct touches *t, const char *path);

#endif
