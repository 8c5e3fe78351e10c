/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_CORE_H
#define RECORD_CORE_H
/*
 * Core dumps (core(5)): files that the kernel writes for a process that dies,
 * by no call of its own.
 */
#include "record/recorder.h"

/* A signal is on its way that may dump core: from here on the end is watched. */
void core_signal(struct recorder *r, const struct stop *stop);
/* A thread ends: if by a core, its folder is still there to be asked. */
void core_exiting(const struct stop *stop);
/* The process died with this wait status; if a core was dumped, it goes on record. */
void core_record(struct recorder *r, struct life *life, int status);

#endif
