/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EXPORT_TIMELINE_H
#define EXPORT_TIMELINE_H
/* What time lines have in common: tracks, slices, and how the changes of a run add up. */
#include "export/export.h"

/*
 * Calls process for the first row of each process of ba_timeline(), then image for each of its
 * rows. 0, or what one of them gave below 0, or -errno.
 */
int timeline_walk(struct export *x,
	int (*process)(struct export *x, const struct ba_rows *rows),
	int (*image)(struct export *x, const struct ba_rows *rows));
/*
 * Calls tell with a time and how many changes had been made by then, each time that a while has
 * passed, and in the end. The same.
 */
int timeline_changes(struct export *x, int (*tell)(struct export *x, int64_t ns, int64_t count));

#endif
