/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_MOUNTED_H
#define STORE_MOUNTED_H
/*
 * Where the file systems are mounted that a run changed something on. Without one of them an undo
 * would find its places empty, and fill what is below.
 */
#include "store/run.h"

/* Of a run that was held against the disk just now. 0 or -errno. */
int mounted_note(struct run *run) MUST_CHECK;

#endif
