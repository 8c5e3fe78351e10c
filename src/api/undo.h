/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef API_UNDO_H
#define API_UNDO_H
#include <stdbool.h>

#include "api/ba.h"
#include "base/cleanup.h"

/*
 * Before anything of a run is taken away its record has to come to an end: by whoever wants that,
 * or by force. 0, or -errno with words: -EBUSY it goes on, and who lives still.
 */
int ba_check_ended(struct ba *ba, int64_t run_id, bool force) MUST_CHECK;
/* The runs that are committed, or discarded, with a staged one; from old to new, to be freed. */
int ba_parts(struct ba *ba, int64_t run_id, int64_t **runs, size_t *count) MUST_CHECK;
/* ba_check_ended() of all of these. */
int ba_check_parts(struct ba *ba, int64_t run_id, bool force) MUST_CHECK;

#endif
