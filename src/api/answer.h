/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef API_ANSWER_H
#define API_ANSWER_H
/* A question's rows, as the caller steps through them. */
#include "api/ba.h"

struct ba_rows {
	struct ba *ba;
	struct rows rows;
};

/*
 * The answer of a statement that was begun with db_rows(), which said
 * r: taken over in any case. 0 or -errno.
 */
int ba_ask(struct ba *ba, struct ba_rows **out, int r, struct rows *rows);

#endif
