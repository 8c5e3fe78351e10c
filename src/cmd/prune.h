/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_PRUNE_H
#define CMD_PRUNE_H
/* An upgrade's rest: what older versions of an install left and the run did not install again. */
#include <stdbool.h>

#include "buildaudit.h"

/* Takes it out, and says so on stderr; quiet: only what stays. An exit status. */
int prune_run(struct ba *ba, int64_t run, bool quiet);
/* On stderr, how many files of that stand still: a package manager may have taken them out. */
void prune_say_rest(int64_t run, const char *db);

#endif
