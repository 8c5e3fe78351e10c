/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_AHEAD_H
#define UNDO_AHEAD_H
/*
 * Several runs are rolled back together, the newest first, and each finds on disk what the one
 * before it has put back. A dry run puts nothing back: what it would have is known here.
 */
#include "base/u64map.h"
#include "undo/plan.h"

enum ahead {
	AHEAD_NOTHING, /* no run before this one has to do with it */
	AHEAD_GONE,
	AHEAD_BACK,
	AHEAD_KEPT,
};

/* What would have become of a path; without a map: nothing. */
enum ahead ahead_of(const struct u64map *ahead, const char *path, size_t len);
/* Would there stand now what the run left? */
bool ahead_is_left(const struct u64map *ahead, const struct entry *e);
/* All of a plan that has been told. 0 or -ENOMEM. */
int ahead_note(struct u64map *ahead, const struct plan *p) MUST_CHECK;

#endif
