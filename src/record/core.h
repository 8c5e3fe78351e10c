/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_CORE_H
#define RECORD_CORE_H
/*
 * Core dumps (core(5)): files that the kernel writes for a process that dies,
 * by no call of its own.
 */
#include "record/recorder.h"

/* A signal that may end in a core dump is on its way: the folder is still there to be asked. */
void core_prepare(struct life *life, pid_t tid, int sig);
/* The process died with this wait status; if a core was dumped, it goes on record. */
void core_record(struct recorder *r, struct life *life, int status);

#endif
