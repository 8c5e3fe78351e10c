/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACE_ARGUMENTS_H
#define TRACE_ARGUMENTS_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"

/*
 * The argument list of a program that stands at the first instruction of its
 * image, each word with its NUL, as the kernel has put it on the stack; `wide`:
 * of 64-bit words. More than `limit` bytes are cut. It is what /proc/TID/cmdline
 * shows, for a fifth of the price. 0, or -errno: nothing is known then.
 */
int arguments_read(pid_t tid, uint64_t stack, bool wide, size_t limit, struct buf *out);

#endif
