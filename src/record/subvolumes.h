/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_SUBVOLUMES_H
#define RECORD_SUBVOLUMES_H
/*
 * Subvolumes of Btrfs, which ioctl(2) makes and deletes like folders: an empty
 * one, a copy of another one (a snapshot), or a whole one at a time. One that
 * was deleted comes back as a folder.
 */
#include "record/handler.h"

enum next enter_subvolume(struct recorder *r, struct task *task, struct pending *p);
void leave_subvolume(struct recorder *r, struct task *task, struct pending *p, int64_t result);
bool subvolume_shows(const struct pending *p);

#endif
