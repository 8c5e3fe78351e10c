/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_SHARED_H
#define UNDO_SHARED_H
/*
 * Which of the files that could be written where they stand have got a name that is none of this
 * rollback's: another run linked it, or a person did. What that one has stays as it was left, so
 * the file that comes back is one of its own.
 */
#include "undo/rollback-item.h"

/*
 * Sets plan_item.shared. When all that goes has been taken out, and nothing put
 * back yet: links are counted. 0 or -ENOMEM.
 */
int shared_find(struct rollback *rb) MUST_CHECK;
/* The names that one file had before, as one number. */
uint64_t shared_group(const struct entry *e);

#endif
