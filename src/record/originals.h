/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_ORIGINALS_H
#define RECORD_ORIGINALS_H
/*
 * At a call's entry stop: what is about to be lost of something that was
 * there before the run is kept, once for each file.
 */
#include "record/recorder.h"

/* What a call may take from a file: FILE_CONTENT, FILE_META, or both. */
void originals_lose(struct recorder *r, const struct name *n, unsigned int what);
/* All of everything in a folder, as it was walked: where no call names what it takes. */
void originals_lose_inside(struct recorder *r, const char *folder, const struct walk *w);
/*
 * The same of a call that takes a name away, perhaps the last one, and changes nothing in the file.
 */
void originals_lose_name(struct recorder *r, const struct name *n);
/* The call failed, or nobody knows: what lost nothing is as it was, and may yet lose it. */
void originals_spared(struct recorder *r, struct pending *p);
/* It took away what it was asked to: whoever has come to that meanwhile is let in. */
void originals_gone(struct recorder *r, struct pending *p);
/*
 * Before an open(2) that may change a file; only what stands there is known
 * yet (p->name[0].now), and r->text holds the name as given.
 */
void originals_open(struct recorder *r, const struct task *task, struct pending *p);

#endif
