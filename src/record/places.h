/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_PLACES_H
#define RECORD_PLACES_H
/*
 * The places that a call names. They are asked for at its entry, and then the
 * kernel looks them up for itself: by that time another task may have made the
 * folder that was missing, turned a symlink round, moved a folder away. So a
 * name that the entry could not tell, or that may have come to mean another
 * thing, is asked for again once the call has succeeded.
 *
 * What a whole name leads to changes only when a folder or a symlink that it
 * goes through is removed, renamed or mounted over. Such a call of the run's
 * stops as well, so it is known for each call whether one was under way at the
 * same time; nearly always none was, and nothing is asked twice.
 */
#include "record/recorder.h"

/* The name of place i, read into r->text. 0 or -errno. */
int place_read(struct recorder *r, const struct task *task, const struct pending *p, int i);
/*
 * Place i as a directory entry, or as the file it leads to: into
 * p->name[i], p->named[i], p->error[i].
 */
void place_ask(struct recorder *r, const struct task *task, struct pending *p, int i);
/* Place i under the text at hand, for calls whose name is not a plain string. */
void place_ask_text(struct recorder *r, const struct task *task, struct pending *p, int i,
	const char *text);

/* The call goes on from its entry, where its places were asked for; it has come back. */
void places_begin(struct recorder *r, struct pending *p);
void places_end(struct recorder *r, struct pending *p);
/* The call has succeeded: its places by the names that it found them under. */
void places_again(struct recorder *r, const struct task *task, struct pending *p);
/* Whoever called is gone, perhaps after it was done: names for what may have been made. */
void places_lost(struct recorder *r, struct pending *p);

/* Has place i a name? If not, the notes say that something changed that has none. */
bool place_named(struct recorder *r, const struct pending *p, int i);
/*
 * Is there a call under way that named what was not there, and leads to path
 * now? It may have changed the file before anybody has looked at it.
 */
bool place_in_doubt(struct recorder *r, const char *path);
/* The call has changed place i. */
void place_touch(struct recorder *r, const struct pending *p, int i);
/*
 * The same of a call that puts no other file there: the number of
 * the one that stands, or stood, there.
 */
uint32_t place_changed(struct recorder *r, const struct pending *p, int i);

#endif
