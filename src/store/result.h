/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_RESULT_H
#define STORE_RESULT_H
#include <stdint.h>

#include "store/sql.h"

/* What the end of a run comes to; counts leave excluded paths out. */
struct run_result {
	int64_t run_id;
	int64_t created, modified, removed, excluded, processes;
	int64_t duration_ns;
	int status;        /* wait(2)'s */
	unsigned int left; /* processes that are alive still */
	int error;         /* the record is not whole: 0, or the -errno that broke it */
	char excluded_below[4096]; /* a folder that holds all that is excluded, or "" */
};

/* What the run's rows tell of it; what cannot be read stays as it is. */
void result_read(struct run_result *res, struct db *db, int64_t run_id);

#endif
