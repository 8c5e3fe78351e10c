/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_INNER_SIGN_H
#define RECORD_INNER_SIGN_H
/*
 * The SIGCHLD by which a tracer inside learns of its tracee. It is sent by us, and says so; the
 * tracer is to read in it what the kernel says of such a stop, however it takes it.
 */
#include "record/inner.h"

/* Rings for a tracee that has stopped or ended, where the kernel would. */
void inner_ring(struct recorder *r, struct tracee *t);
/* What waitid(2) has to say of it. */
void inner_describe(const struct tracee *t, siginfo_t *si);

/* At a STOP_SIGNAL: it is about to be handled. */
void inner_sign_child(struct recorder *r, const struct stop *stop);
/* Blocked, it is taken by a call, from a signalfd or by sigwaitinfo(3): its entry, and its exit. */
void inner_taking(struct recorder *r, const struct stop *stop);
void inner_taken(struct recorder *r, const struct stop *stop);

#endif
