/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_INNER_CALLS_H
#define RECORD_INNER_CALLS_H
/* ptrace(2) of a recorded program. */
#include "record/handler.h"

enum next enter_ptrace(struct recorder *r, struct task *task, struct pending *p);
/* Is it a tracer's ptrace(2)? */
bool inner_is_request(const struct stop *stop);
/* At a call's exit: was it made to see whether somebody may trace? Then that is settled now. */
void inner_asked(struct recorder *r, const struct stop *stop);

#endif
