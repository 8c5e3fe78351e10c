/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_APPLY_H
#define STORE_APPLY_H
/*
 * One message from the tracer -> its rows. The run's own numbers become row
 * numbers here.
 */
#include "store/anew.h"
#include "store/early.h"
#include "store/hands.h"
#include "store/run.h"

struct apply {
	struct run *run;
	struct id_list processes, execs; /* the run's numbers -> rows */
	struct hands hands;
	struct early early;
	struct anew anew;
	int64_t events;   /* applied so far */
	uint64_t receipt; /* of the last original */
	bool broken;    /* the record failed: nothing is written any more */
	/* how the command ended */
	int status;
	int64_t duration_ns;
};

/* A message as the queue holds it (store/message.h). 0 or -errno. */
int apply_message(struct apply *a, const void *message) MUST_CHECK;
void apply_release(struct apply *a);

#endif
