/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_FOREIGN_H
#define PACKAGE_FOREIGN_H
/*
 * What the run changed and is somebody else's all the same. A package that held it would take it
 * from them, and take it out when it goes.
 */
#include "package/metadata.h"

/*
 * Takes out of the payload what another package has, and what is the whole system's; names that,
 * and what was edited in place, also to who wants to hear of failures only. 0, or -1 after saying
 * why.
 */
int foreign_leave_out(struct payload *p, struct metadata *m);
/*
 * Names what the run found as it was to be, and nobody has: what an installation that is not on
 * record left, most likely. 0, or -1 after saying why.
 */
int foreign_name_unchanged(const struct payload *p, struct ba *ba, int64_t run);

#endif
