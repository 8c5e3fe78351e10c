/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_SUMMARY_H
#define CMD_SUMMARY_H
/* What is said when a recorded command has ended. */
#include "base/buf.h"
#include "buildaudit.h"

/* "run 3: 2 created, 1 modified, 0 removed". */
void summary_add_counts(struct buf *out, const struct ba_summary *s);
/*
 * The notes that a person has to know, each a line with our name in front; `me` is how
 * buildaudit is called for this database.
 */
void summary_add_notes(struct buf *out, const struct ba_summary *s, const char *me);
/* Those without which another answer of the command's would not be understood: --quiet, too. */
void summary_add_warnings(struct buf *out, const struct ba_summary *s);

/* How many files of older versions are stale, where there are any, and what takes them out. */
void summary_add_stale(struct buf *out, const struct ba_summary *s, const char *me);

/* "buildaudit", with the database where that is not the default one. */
void summary_add_program(struct buf *out, const char *db);

#endif
