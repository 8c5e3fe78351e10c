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

/* What db_int() could not read since it was asked last: 0, or -errno with words. */
int ba_unread(struct ba *ba) MUST_CHECK;
/* Is there a run, or an install, of that number? 0; -ENOENT with words; or another -errno. */
int ba_there(struct ba *ba, int64_t subject) MUST_CHECK;
/* The same as ba_ask(), of a run or an install, which has to be there. */
int ba_ask_of(struct ba *ba, int64_t subject, struct ba_rows **out, int r, struct rows *rows);

#endif
