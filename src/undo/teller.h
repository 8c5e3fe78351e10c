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
/* One more of `total` is begun. */
void teller_progress(struct teller *t);

#endif
