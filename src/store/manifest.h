/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_MANIFEST_H
#define STORE_MANIFEST_H
/* What a run comes to: its entries, each held against the disk as it is now. */
#include "store/settling.h"

/*
 * The run's entries, its counts, what it has from now on and what it passed by. May be made again
 * as the run goes on (anew). 0 or -errno.
 */
int manifest_settle(const struct manifest *m) MUST_CHECK;

#endif
