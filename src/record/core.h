/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_CORE_H
#define RECORD_CORE_H
/*
 * Core dumps (core(5)): files that the kernel writes for a process that dies,
 * by no call of its own.
 */
#include "record/recorder.h"

/*
 * A signal is about to be delivered: if the process dies of it by a core, the
 * file's name is told now, as the process sees it, and what stands there is kept.
 */
void core_signal(struct recorder *r, const struct stop *stop);
/* The process died with this wait status; if a core was dumped, it goes on record. */
void core_record(struct recorder *r, struct life *life, int status);

#endif
