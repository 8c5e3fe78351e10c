/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_SLEEP_H
#define RECORD_SLEEP_H
/*
 * nanosleep(2) writes what is left of it before the kernel knows that nothing
 * handles the signal, and sleeps on. Untraced, one that is ignored wakes nobody:
 * what stood there stands there again.
 */
#include "record/handler.h"

enum next enter_sleep(struct recorder *r, struct task *task, struct pending *p);
/* At a stop that may have woken it; ignored: untraced it had not. */
void sleep_woken(const struct stop *stop, bool ignored);

#endif
