/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_INSIDE_H
#define RECORD_INSIDE_H
/*
 * What is in a folder that is being renamed. Others may meet it under its new
 * names before the exit stop tells of them: then they must not take it for what
 * was always there. So all these names are expected to change, as a call's own are.
 */
#include "record/pending.h"
#include "record/touches.h"

void inside_expect(struct touches *t, struct pending *p);
/* The call has ended, or its names at the entry were others than those that count. */
void inside_unexpect(struct touches *t, struct pending *p);

#endif
