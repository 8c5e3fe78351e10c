/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_HELD_H
#define STORE_HELD_H
/*
 * What the processes of the run that is recorded here can write by no call that is told: the files
 * that they have open for writing, or mapped shared and writable.
 */
#include "base/cleanup.h"
#include "base/u64map.h"

/* Each by inode_place(). A process that cannot be looked into adds nothing. 0 or -errno. */
int held_read(struct u64map *held) MUST_CHECK;

#endif
