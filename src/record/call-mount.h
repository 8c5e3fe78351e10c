/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_CALL_MOUNT_H
#define RECORD_CALL_MOUNT_H
/*
 * Calls that change no file, but which one a name leads to: mounts, roots and namespaces. They
 * are handled at their entry, and in the end what is known of mounts is asked anew.
 */
#include "record/handler.h"

enum next enter_namespace(struct recorder *r, struct task *task, struct pending *p);
enum next enter_mount(struct recorder *r, struct task *task, struct pending *p);
void leave_mount(struct recorder *r, struct task *task, struct pending *p, int64_t result);
void lost_mount(struct recorder *r, struct pending *p);
/* From here on a task may see other files by a name than we do. */
void mount_names_vary(struct recorder *r, const struct task *task, const struct pending *p);
/* Without /proc nothing can be named: if it is gone, the record says so. */
void check_proc(struct recorder *r);

#endif
