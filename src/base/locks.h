/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_LOCKS_H
#define BASE_LOCKS_H
#include <stdbool.h>

#include "base/buf.h"

/*
 * "less (pid 12)": another process that has a lock of fcntl(2) on the file, as /proc/locks tells
 * (proc(5)); "another program" where it does not. writes: one that nobody else can share.
 */
void locks_say_holder(const char *path, bool writes, struct buf *out);

#endif
