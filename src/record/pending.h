/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_PENDING_H
#define RECORD_PENDING_H
/*
 * A call between its two stops: what was asked, and what stood there before.
 */
#include "decode/call.h"
#include "model/keep.h"
#include "record/walk.h"
#include "resolve/path.h"

/* A file that was given a second name in the store, in case the call takes its own away. */
struct spared {
	uint32_t file; /* 0: none */
	int held;      /* by a lease (model/keep.h), until the call is over */
	unsigned char hash[SHA256_LEN];
};

/* What is known of a place as it was before the call. */
enum before {
	BEFORE_SEEN,    /* name[i].now: it was asked before */
	BEFORE_NOTHING, /* nothing can have been there */
	BEFORE_LATE,    /* name[i].now, which was asked after the call */
};

struct pending {
	struct call call;
	enum op op;
	struct buf text[2];  /* the names of the call's places, in its order, as they were given */
	/* the same, canonical, and what stands there (for a place without a name: places.h) */
	struct name name[2];
	uint64_t how; /* openat2: RESOLVE_* */
	bool named[2];
	int error[2]; /* why a place has no name */
	enum before before[2];
	struct name *others[2]; /* what a name has come to mean since the entry */
	size_t other_count[2];
	bool expected[2];      /* touches_expect() was told of it */
	struct buf target;     /* what a symlink(2) will hold */
	/*
	 * open: the name that was asked for; with --no-seccomp or a death in the call, all there is
	 */
	struct buf asked;
	bool by_link;          /* open: a symlink stood there, and was followed */
	struct buf leads;      /* to this name; empty when that is not known */
	bool moves_folder;     /* rename: resolver.folders.moving counts it */
	struct spared spared;
	bool expects_inside;   /* and touches_expect() was told of what is in it */
	/* what is in a folder that is about to be renamed, or taken away as a subvolume */
	struct walk inside[2];
	bool shifts;           /* recorder.shifting counts it */
	bool unnamed;          /* recorder.unnamed counts it */
	bool among_shifts;     /* others were under way at the entry */
	uint64_t shifts_before; /* recorder.shifts, then */
	bool goes, meets_all;   /* turns.h */
	int64_t since;
	pid_t tid;
	struct pending *prev, *next;
};

/* Ready for a call; *p is made at first use. NULL: no memory. */
struct pending *pending_begin(struct pending **p);
/*
 * Place i may also mean `other`, which is taken over, and left
 * empty, if it is not known yet: then true.
 */
bool pending_other(struct pending *p, int i, struct name *other);
void pending_free(struct pending *p);

#endif
