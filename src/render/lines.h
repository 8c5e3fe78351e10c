/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_LINES_H
#define RENDER_LINES_H
/* The processes that are wanted, those of one shape below the same line as one. */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "render/family.h"

/* One of the programs that a line tells of. */
struct line_part {
	const struct proc_image *image; /* the first process's */
	struct buf words;               /* what that was told */
	size_t from;                    /* where they begin in it: a folder may be left out */
	size_t all, common; /* how many there are at most; and so many are those of all */
};

struct line {
	size_t parent, first, last, next; /* the line it is below, its own lines, and its sister */
	const struct process *process;    /* the first of them */
	struct line_part *parts;
	size_t part_count;
	size_t count, failed;
	long long files;
	double seconds;
	unsigned int depth;
};

struct lines {
	struct line *lines;
	size_t count;
	size_t first, last; /* those that are below none */
};

/* 0 or -errno. each: a line a process. */
int lines_fold(struct lines *l, struct family *f, bool each);
void lines_release(struct lines *l);
/* The line after this one in the order of the tree; NONE: it is the last. */
size_t lines_next(const struct lines *l, size_t at);

#endif
