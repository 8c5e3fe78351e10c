/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_NEAR_H
#define CMD_NEAR_H
/*
 * A word that is none of those that it could be: which one was perhaps meant? Two letters at most,
 * and less than half of the word, are others. `foo` is not `who`.
 */
#include <stddef.h>

struct near {
	const char *word;
	const char *found; /* the nearest of those that were tried; NULL: none is near */
	size_t distance;
};
#define NEAR_OF(w) { (w), NULL, 3 }

void near_try(struct near *n, const char *name);

#endif
