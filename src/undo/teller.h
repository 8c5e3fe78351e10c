/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_TELLER_H
#define UNDO_TELLER_H
/* What becomes of each path goes to whoever asked for the undo, and is counted. */
#include "buildaudit.h"

struct teller {
	const struct ba_undo *how;
	struct ba_undone *result;
	uint64_t done, total;
};

/* What became of one path; reason: "" when there is none to give. */
void teller_step(struct teller *t, const char *path, const char *type, enum ba_did did,
	const char *reason);
/* A part of the work begins, in which `total` things are looked at, or done. */
void teller_begin(struct teller *t, uint64_t total);
/* One more of them is begun. */
void teller_progress(struct teller *t);
/* All are done. */
void teller_end(struct teller *t);

#endif
