/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_DIFFERENCE_H
#define CMD_DIFFERENCE_H
/* What a run overwrote or removed, held against what it left. */
#include <stdbool.h>

#include "cmd/cmd.h"

/*
 * The paths that call->run, a run or an install, replaced by something else or removed, a row for
 * each time, by path: run_id, path, change, old_type, old_size, old_sha256, old_target, type,
 * size, sha256, link_target. 0 or -errno.
 */
int difference_rows(const struct cmd_call *call, struct ba_rows **out);
/* The original of this row is beside the database. */
bool difference_is_kept(const struct cmd_call *call, const struct ba_rows *rows);
/* From old to new. 0, or -errno after saying why. */
int difference_print(const struct cmd_call *call, const struct ba_rows *rows);

#endif
