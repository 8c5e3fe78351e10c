/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_LIVENESS_H
#define STORE_LIVENESS_H
/*
 * Is the process that writes a run still there? Its name: the boot, its pid,
 * and its start time, since pids come round again.
 */
#include <stdbool.h>

#include "store/sql.h"

/* Ours; the caller frees it. NULL: no memory. */
char *liveness_self(void);
bool liveness_alive(const char *recorder);
/* Is there a run to mark? */
bool liveness_any_lost(struct db *db);
/* Marks the runs whose recorder is gone without a word. 0, or -errno (read-only, say). */
int liveness_sweep(struct db *db);
/* The same for one run, by a process that saw its recorder die. */
int liveness_lost(struct db *db, int64_t run_id);

#endif
