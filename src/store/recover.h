/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_RECOVER_H
#define STORE_RECOVER_H
/*
 * A run whose recorder was killed: its receipts become rows, and what it
 * touched is held against the disk, so that it can be looked at and taken back
 * as any other. It stays `incomplete`.
 */
#include "store/sql.h"

/* All whose recorder is gone without a word. 0, or -errno (read-only, say). */
int recover_lost(struct db *db) MUST_CHECK;
/* One run, by a process that saw its recorder die, or that wants it now. 0 or -errno. */
int recover_run(struct db *db, int64_t run_id) MUST_CHECK;

#endif
