/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_UPHELD_H
#define STORE_UPHELD_H
/*
 * What a run passed by. `install -C`, `cp -u`, rsync and a make with its times leave a file alone
 * that is as it should be, and of that the kernel is told nothing: an upgrade would take a file
 * that it needs for a rest of the version before. But the source of such a file is there, where
 * the installer looked at it.
 */
#include "store/run.h"

/* While it goes on: somebody wanted to make this path, and it stood there. 0 or -errno. */
int upheld_add(struct run *run, const char *path) MUST_CHECK;
/*
 * After the run was settled: which files of earlier runs of its install it upholds. Looks through
 * the folders that its processes ran in, and those that they were given by name. 0 or -errno.
 */
int upheld_find(struct run *run) MUST_CHECK;

#endif
