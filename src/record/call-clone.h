/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_CALL_CLONE_H
#define RECORD_CALL_CLONE_H
/* Children and threads: none is made that no tracer sees. */
#include "record/handler.h"

enum next enter_clone(struct recorder *r, struct task *task, struct pending *p);
/* A clone whose CLONE_UNTRACED was taken away has been made, or failed; of its child, too. */
void clone_cut_ends(struct task *task);

#endif
