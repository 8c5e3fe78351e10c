/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_CALL_ENTRY_H
#define RECORD_CALL_ENTRY_H
/* Calls that make or take away an entry of a folder. */
#include "record/handler.h"

enum next enter_entry(struct recorder *r, struct task *task, struct pending *p);
enum next enter_unlink(struct recorder *r, struct task *task, struct pending *p);
enum next enter_symlink(struct recorder *r, struct task *task, struct pending *p);
enum next enter_bind(struct recorder *r, struct task *task, struct pending *p);
enum next enter_link(struct recorder *r, struct task *task, struct pending *p);
void leave_made(struct recorder *r, struct task *task, struct pending *p, int64_t result);
void leave_removed(struct recorder *r, struct task *task, struct pending *p, int64_t result);
void leave_link(struct recorder *r, struct task *task, struct pending *p, int64_t result);
/* Was it done? */
bool made_shows(const struct pending *p);
bool removed_shows(const struct pending *p);
bool link_shows(const struct pending *p);

#endif
