/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_PROCESSES_H
#define RENDER_PROCESSES_H
/*
 * The processes of a run for a person: the same program under the same parent is one line with a
 * count, and what changed nothing and did not fail is left out.
 */
#include <stdbool.h>
#include <stddef.h>

#include "buildaudit.h"
#include "render/program.h"

struct processes_wishes {
	bool all;             /* every process, each on a line of its own */
	bool writers, failed; /* those only, and what leads to them */
	size_t slow;          /* those that took longest by themselves: how many; 0: not asked */
	struct program from;  /* below those that run it */
	bool whole;           /* words as they are, and nothing cut */
	bool goes_on;         /* the run does: what has no end on record runs */
	bool json;
};

struct processes;

/* Of a run. 0 or -errno. */
int processes_read(struct processes **out, struct ba *ba, int64_t run_id,
	const struct processes_wishes *wishes);
void processes_free(struct processes *t);
/* False: no process is to be shown. */
bool processes_print(struct processes *t);

#endif
