/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_CALL_OPEN_H
#define RECORD_CALL_OPEN_H
/* Opens that can change a file. */
#include "record/handler.h"

enum next enter_open(struct recorder *r, struct task *task, struct pending *p);
void leave_open(struct recorder *r, struct task *task, struct pending *p, int64_t result);
void lost_open(struct recorder *r, struct pending *p);

#endif
