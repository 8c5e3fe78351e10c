/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_FAMILY_H
#define RENDER_FAMILY_H
/*
 * The processes of a run, and what each ran, one program after the other. A process comes after
 * its parent, as ba_tree() gives them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buildaudit.h"

#define NONE ((size_t)-1)

/* A program that a process ran, until it ran the next. */
struct proc_image {
	char *exe, *argv;
	int64_t started;
	bool forked;  /* what its parent ran goes on in it */
	bool changed; /* a file */
	bool told;    /* it is one of those that stand for the process */
};

struct process {
	size_t parent;
	size_t images, image_count; /* its own are from there on, in their order */
	size_t starter; /* which of its parent's started it; NONE: what that was as a fork */
	size_t as_fork; /* what it was as that, where it then started one; NONE: it did not */
	size_t line;
	char *json;                      /* where it is asked for */
	int64_t started, ended, covered; /* covered: until then its children so far have run */
	double own;                      /* seconds in which none of its children ran */
	uint64_t shape;                  /* of what it ran, and of all that is shown below it */
	long long id, pid, files;
	int status, signal;
	bool has_ended, forked; /* forked: it runs what its parent ran */
	bool wanted, inside;
	bool named;  /* it ran what is asked for: */
	size_t from; /* from this image on */
};

struct family {
	struct process *processes;
	struct proc_image *images;
	size_t count, image_count;
};

/* 0 or -errno. json: each row as that, too. */
int family_read(struct family *f, struct ba *ba, int64_t run_id, bool json);
void family_release(struct family *f);
/*
 * Of what a process ran, what stands for it: what changed a file, started another process, or ran
 * until the end. The one after `last`, NULL: the first; NULL: there are no more.
 */
const struct proc_image *family_told(const struct family *f, const struct process *p,
	const struct proc_image *last);
/* It is told of from its image `from` on only. */
void family_begin_at(struct family *f, struct process *p, size_t from);

#endif
