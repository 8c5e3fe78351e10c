/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_LIVENESS_H
#define STORE_LIVENESS_H
/*
 * Is the process that writes a run still there? Its name: the boot, its pid, its start time, since
 * pids come round again, and the namespace that its pid is of. One that cannot be seen from here
 * counts as there.
 */
#include <stdbool.h>

#include "store/sql.h"

/* Ours; the caller frees it. NULL: no memory. */
char *liveness_self(void);
/* What such a name begins with in this boot of the machine; as above. */
char *liveness_boot(void);
bool liveness_alive(const char *recorder);
/* A run that goes on, says its row, and whose recorder is gone; 0: there is none. */
int64_t liveness_next_lost(struct db *db);
/*
 * When the process that wrote a run, which is gone now, was alive at the latest, in ns since 1970;
 * or when its command had ended and left nobody behind. 0: it cannot be told.
 */
int64_t liveness_until(struct db *db, int64_t run_id);
/* Marks it. 0, or -errno (read-only, say). */
int liveness_lost(struct db *db, int64_t run_id) MUST_CHECK;

#endif
