/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_DIFFERENCE_H
#define CMD_DIFFERENCE_H
/* A row of ba_replaced(): what a run overwrote or removed, held against what it left. */
#include "base/buf.h"
#include "cmd/cmd.h"

/* Adds what became of the file that was there, in words. */
void difference_where(const struct cmd_call *call, const struct ba_rows *rows, struct buf *line);
/* From old to new. 0, or -errno after saying why. */
int difference_print(const struct cmd_call *call, const struct ba_rows *rows);

#endif
