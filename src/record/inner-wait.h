/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_INNER_WAIT_H
#define RECORD_INNER_WAIT_H
/*
 * wait(2) of a tracer inside. The kernel makes it, as long as we have nothing
 * to tell, since real children are among those it waits for; where there are
 * none, it would not wait at all, and is pause(2) instead. When a tracee stops
 * the tracer is got out of it, and the call answers what we say. Without that a
 * signal interrupts it, and it is begun anew or is not, as the kernel decides.
 */
#include "record/inner.h"

/* The tracee has stopped, or ended: its tracer learns of it, as soon as it asks. */
void inner_tell(struct recorder *r, struct tracee *t);
/* At a call's entry: is it a wait that we have to do with? Then its exit is wanted. */
bool inner_wait_begins(struct recorder *r, const struct stop *stop);
/* At its exit. */
void inner_wait_ends(struct recorder *r, const struct stop *stop);
/*
 * At a stop that has got a task out of a wait, which it began before its stops were wanted: it is
 * answered, if there is something to tell.
 */
void inner_wait_interrupted(struct recorder *r, const struct stop *stop);

#endif
