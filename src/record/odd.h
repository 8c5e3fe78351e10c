/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_ODD_H
#define RECORD_ODD_H
/* Calls that change no file but could let changes go unseen, or us be seen. */
#include "record/handler.h"

enum next enter_io_uring(struct recorder *r, struct task *task, struct pending *p);
enum next enter_clone(struct recorder *r, struct task *task, struct pending *p);
enum next enter_namespace(struct recorder *r, struct task *task, struct pending *p);
enum next enter_mount(struct recorder *r, struct task *task, struct pending *p);
enum next enter_seccomp(struct recorder *r, struct task *task, struct pending *p);
enum next enter_prctl(struct recorder *r, struct task *task, struct pending *p);
enum next enter_wait(struct recorder *r, struct task *task, struct pending *p);
/* A clone whose CLONE_UNTRACED was taken away has been made, or failed; of its child, too. */
void clone_cut_ends(struct task *task);
void leave_mount(struct recorder *r, struct task *task, struct pending *p, int64_t result);
void lost_mount(struct recorder *r, struct pending *p);
/* Without /proc nothing can be named: if it is gone, the record says so. */
void check_proc(struct recorder *r);

#endif
