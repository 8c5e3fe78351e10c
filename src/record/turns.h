/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_TURNS_H
#define RECORD_TURNS_H
/*
 * Whose call goes on. A call's names, what stands there, and what has to be
 * kept of it are asked for at its entry, and then the kernel looks the names
 * up for itself: what another task does in between makes all of that wrong,
 * and destroys what nobody has kept. So two calls that meet go on one after
 * the other: the second waits at its entry until the first has come back. They
 * meet where they name the same place or the same file; and one that moves or
 * takes away a folder or a symlink, through which any name may lead, meets all.
 * The others, nearly all, go on side by side.
 *
 * Who waits goes on in the order they came, and nobody passes one who waits. A
 * call that sleeps (for the other end of a FIFO, a lease, a file server) is not
 * waited for longer than a moment: then there is nothing for it but to ask for
 * the names again (places.h).
 */
#include "record/pending.h"
#include "trace/tracer.h"

struct waiting;

struct turns {
	/* calls between their two stops, but for those that do not come back */
	struct pending *under_way;
	bool alone;                /* one of them meets all */
	struct waiting *first;
	unsigned int waiting;
	bool changed;              /* since the first one was last told to wait */
};

void turns_release(struct turns *t);

/* Has a call that has just come to wait, whatever it is? */
bool turns_are_taken(const struct turns *t);
/* Does p, which has its names, meet one that is under way? */
bool turns_meet(const struct turns *t, struct pending *p);
/*
 * Does one that is under way meet whatever names n, so that n tells of what is no more, or not yet?
 */
bool turns_concern(const struct turns *t, const struct name *n);
/* p goes on, as that task's call; it has come back. */
void turns_go(struct turns *t, struct pending *p, pid_t tid);
void turns_done(struct turns *t, struct pending *p);

/* The task stays in this stop, at a call's entry. 0 or -ENOMEM. */
int turns_wait(struct turns *t, const struct stop *stop);
/* The stop of the one who has waited longest, if there may be a reason to try again; else NULL. */
const struct stop *turns_next(struct turns *t, bool *must_go);
/* It goes on; or it waits further. */
void turns_served(struct turns *t);
void turns_refused(struct turns *t);
/* Who is gone waits no more. */
void turns_drop(struct turns *t, const struct task *task);

#endif
