/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EXPORT_CHANGES_H
#define EXPORT_CHANGES_H
/* How the changes of a run add up over time. */
#include "export/export.h"

/*
 * Calls tell with a time and how many changes had been made by then, each time that a while has
 * passed, and in the end. 0, or what tell gave below 0, or -errno.
 */
int changes_count(struct export *x, int (*tell)(struct export *x, int64_t ns, int64_t count));

#endif
