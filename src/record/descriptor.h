/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_DESCRIPTOR_H
#define RECORD_DESCRIPTOR_H
/* What a descriptor of a task's is, seen through one of our own for the same (Linux 5.6). */
#include <stdint.h>

#include "trace/tracer.h"

/* To be closed by the caller; -1: it is none, or cannot be had. */
int descriptor_of(const struct task *task, int fd);
/* In nanoseconds, SO_RCVTIMEO or SO_SNDTIMEO of one of ours; 0: none. */
int64_t descriptor_limit(int ours, int option);

#endif
