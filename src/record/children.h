/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_CHILDREN_H
#define RECORD_CHILDREN_H
/*
 * A new task and the event of whoever made it come in any order. One that
 * reports first is held in its first stop until the event tells whose it is.
 * The event follows within microseconds, or never: then its maker was killed.
 *
 * A thread dies with whoever made it, and need not be looked for. A process
 * lives on, and is let go as an orphan once nobody can be about to tell of it.
 */
#include "record/recorder.h"

/* STOP_NEW, STOP_CHILD, and STOP_GONE of a task that nobody has told of. 0 or -errno. */
int child_reports(struct recorder *r, const struct stop *stop);
int child_told(struct recorder *r, const struct stop *stop);
void child_ends(struct recorder *r, const struct stop *stop);

/* A process is gone, or nothing has happened in a while: who is held in vain? */
void children_adopt(struct recorder *r);
/* This task has come through an exec: all its threads are gone, and what they made is its own. */
void children_of_exec(struct recorder *r, struct task *task);

#endif
