/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_LEASE_H
#define BASE_LEASE_H
/*
 * A lease on writing (fcntl(2)) of a file: given only where nobody else has it open. Whoever opens
 * it from then on, to read or to write, waits in his call until the lease has ended, and it tells
 * that there is one; the kernel ends it by itself after /proc/sys/fs/lease-break-time. Who opens
 * with O_NONBLOCK does not wait, and is refused. Of O_PATH, and of new names, it knows nothing.
 */
#include <stdbool.h>

#include "base/cleanup.h"

/* It ends with the descriptor. */
bool lease_take(int fd);
/* Has nobody come to the file since it was taken? */
bool lease_holds(int fd);

/*
 * io_open_content() of what another recorder may have one on, as long as a call takes. Whoever has
 * one that does not end may be waiting for us: -EWOULDBLOCK.
 */
int lease_open(int dir, const char *name) MUST_CHECK;

#endif
