/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_SETTLING_H
#define STORE_SETTLING_H
/* With what a run's entries are held against the disk. */
#include "model/scope.h"
#include "store/anew.h"
#include "store/befores.h"
#include "store/early.h"
#include "store/hands.h"
#include "store/run.h"

/* Of a run that is gone, by its numbers for files. */
struct last {
	struct id_list at;   /* when it was told of the file last, in ns since 1970 */
	struct id_list open; /* who had opened it lived on until the end */
};

struct manifest {
	struct run *run;
	const struct hands *hands;
	const struct scope *scope; /* or NULL: not known any more */
	struct early *early; /* digests that are there already; or NULL */
	const struct befores *befores; /* where moves may be missing on record; or NULL */
	bool told_ahead; /* its rows have what it was to leave; with befores */
	bool done;       /* and that it did leave: nothing is half of it */
	int64_t until_ns;  /* what changed later is not its doing; 0: not known, or it goes on */
	const struct last *last; /* with until_ns */
	struct anew *anew; /* what has to be looked at where that was done before; NULL: all */
};

#endif
