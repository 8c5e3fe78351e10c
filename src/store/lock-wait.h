/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_LOCK_WAIT_H
#define STORE_LOCK_WAIT_H
/* Whoever has locked a database is waited for; who waits for long is told for whom. */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct lock_wait {
	const char *path; /* of the database */
	bool silent;	  /* nobody is told */
	bool told;
	int64_t since; /* io_monotonic_ns() */
};

/* Is called once for each database, after a second. NULL: nothing is. */
typedef void lock_wait_fn(const char *text, void *data);
void lock_wait_tell(lock_wait_fn *tell, void *data);
/* Who writes, or reads: "git (pid 4711)", or "another program". May be in *room. */
const char *lock_wait_for(const char *path, bool writes, struct buf *room);
/* Asked to wait once more, `count` times before: sleeps. False: it was `most_ms` by now. */
bool lock_wait_goes_on(struct lock_wait *w, int count, int most_ms, bool writes);

#endif
