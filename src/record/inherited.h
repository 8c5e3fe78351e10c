/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_INHERITED_H
#define RECORD_INHERITED_H
#include "record/recorder.h"

/*
 * Files that the command was handed open for writing (`buildaudit make > log`):
 * no call of the run opens them, yet the run may change them. They count as
 * touched; the disk tells in the end whether they changed.
 */
void inherited_files(struct recorder *r, pid_t pid);
/*
 * The same of a process that ran before us, and of files that it has mapped shared and writable;
 * each is an event, too, `open` with the flags that it has now.
 */
void found_files(struct recorder *r, pid_t pid, struct life *life, enum abi abi);

#endif
