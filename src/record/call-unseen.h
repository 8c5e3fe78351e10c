/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_CALL_UNSEEN_H
#define RECORD_CALL_UNSEEN_H
/* Calls that change no file but could let changes go unseen, or us be seen: at their entry. */
#include "record/handler.h"

enum next enter_io_uring(struct recorder *r, struct task *task, struct pending *p);
enum next enter_fanotify(struct recorder *r, struct task *task, struct pending *p);
enum next enter_seccomp(struct recorder *r, struct task *task, struct pending *p);
enum next enter_prctl(struct recorder *r, struct task *task, struct pending *p);
enum next enter_wait(struct recorder *r, struct task *task, struct pending *p);

#endif
