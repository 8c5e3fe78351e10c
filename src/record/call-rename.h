/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_CALL_RENAME_H
#define RECORD_CALL_RENAME_H
/* Renames: a folder takes along all that is in it. */
#include "record/handler.h"

enum next enter_rename(struct recorder *r, struct task *task, struct pending *p);
void leave_rename(struct recorder *r, struct task *task, struct pending *p, int64_t result);
void lost_rename(struct recorder *r, struct pending *p);
/* A folder may be on its way from the entry stop to the end of the call. */
void rename_begins(struct recorder *r, struct pending *p);
void rename_ends(struct recorder *r, struct pending *p);
/* Was it done? */
bool rename_shows(const struct pending *p);

#endif
