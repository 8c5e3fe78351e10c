/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_CALL_INODE_H
#define RECORD_CALL_INODE_H
/* Calls that change a file in its place. */
#include "record/handler.h"

enum next enter_inode(struct recorder *r, struct task *task, struct pending *p);
/* acct(2): from here on the kernel itself appends to the file. */
enum next enter_acct(struct recorder *r, struct task *task, struct pending *p);
void leave_inode(struct recorder *r, struct task *task, struct pending *p, int64_t result);

#endif
