/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MODEL_KEEP_LINKED_H
#define MODEL_KEEP_LINKED_H
/*
 * A file that is its own kept original: it has its name and that of the object in the store.
 * Whoever writes to it by then writes to the original, so a lease is held when its last name is
 * taken away.
 */
#include <stdbool.h>
#include <time.h>

#include "model/keep.h"

/*
 * The call that was to take the last name of g.held away is over; or it failed, perhaps. If the
 * file has a name all the same, or somebody came to it meanwhile, the object becomes a copy of its
 * own. Then the lease ends: *held is closed. 0, or -errno: there is none; -EAGAIN: it was written
 * to.
 */
int keep_settle(struct keeper *k, const unsigned char *hash, bool failed, int *held) MUST_CHECK;

/* One on which there is no lease for now, as where many are kept before the first of them goes. */
struct keep_linked {
	bool is;
	unsigned char hash[SHA256_LEN];
	struct timespec changed; /* when its status did, with both names */
};

/* Where g.held is one, its lease ends. */
void keep_let_go(struct keeping *g, struct keep_linked *l);
/*
 * It stands as name in dir, and is going to go. In *held there is a lease on it, for keep_settle();
 * or the object is a copy of its own by now: somebody has come to the file since, or has it open.
 * 0 or -errno; -EAGAIN: it was written to.
 */
int keep_hold(const struct keeper *k, const struct keep_linked *l, int dir, const char *name,
	int *held) MUST_CHECK;

#endif
