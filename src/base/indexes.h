/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_INDEXES_H
#define BASE_INDEXES_H
/*
 * Indexes: files that a tool of the system makes anew from others, whoever installed these, as
 * ldconfig does its cache. One that was there before is nobody's own: no install owns it, no
 * package holds it, and what its tool has made of it since is no change of what was installed.
 *
 * What debhelper, and rpm's file triggers, know of them is in scripts of theirs, for what a
 * distribution builds; where nothing listens the command has to be told.
 */

struct index {
	const char *glob; /* the paths that belong to it */
	int up;           /* so many levels above them is its folder */
	const char *what; /* NULL: like those of a row further down, and no index but a source */
	/* On Debian whoever owns the folder `usual` listens to the trigger; else the command. */
	const char *usual, *trigger, *tool, *command; /* %s: the folder */
};

/* The one that a path belongs to, or NULL. */
const struct index *index_of(const char *path);

#endif
