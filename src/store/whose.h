/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_WHOSE_H
#define STORE_WHOSE_H
/*
 * Whose doing it is that a path is as it is now: a run's, or somebody else's who came after its
 * last look, or its recorder's death. All is borrowed.
 */
#include "store/settling.h"

/* Whose doing is what the disk shows? */
enum whose {
	WHOSE_RUN,
	WHOSE_ROW,     /* somebody else's, since the run had left there what its row has */
	WHOSE_NOT_RUN, /* somebody else's, and the run had done nothing there */
	WHOSE_UNKNOWN, /* somebody else's, and nobody knows what the run had left */
};

/* A path of a run. */
struct standing {
	const char *path;
	uint32_t file, before_file; /* by its row: which inode stands there, and which did before */
	bool told;                  /* the row has what the run left: */
	const struct inode *settled, *before, *now;
};

enum whose whose(const struct manifest *m, const struct standing *s);

#endif
