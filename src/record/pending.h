/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_PENDING_H
#define RECORD_PENDING_H
/*
 * A call between its two stops: what was asked, and what stood there before.
 */
#include "decode/call.h"
#include "record/keep.h"
#include "record/walk.h"
#include "resolve/path.h"

/* A file that was given a second name in the store, in case the call takes its own away. */
struct spared {
	uint32_t file; /* 0: none */
	char object[OBJECT_NAME];
};

struct pending {
	struct call call;
	enum op op;
	struct name name[2]; /* the names of the call's places, in its order */
	uint64_t how; /* openat2: RESOLVE_* */
	bool named[2];
	int error[2]; /* why a place has no name */
	struct buf target;     /* what a symlink(2) will hold */
	struct buf asked;      /* open: the name that was asked for; with --no-seccomp or a death in the call, all there is */
	bool moves_folder;     /* rename: resolver.folders.moving counts it */
	struct spared spared;
	struct walk inside[2]; /* what is in a folder that is about to be renamed */
};

/* Ready for a call; *p is made at first use. NULL: no memory. */
struct pending *pending_begin(struct pending **p);
void pending_free(struct pending *p);

#endif
