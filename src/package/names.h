/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_NAMES_H
#define PACKAGE_NAMES_H
/* What each format forbids. */
#include "package/metadata.h"

/* Does the format allow it? 0, or -1 after saying which character is wrong and what is allowed. */
int names_check(const struct metadata *m);
int names_check_paths(const struct metadata *m, const struct payload *p);

#endif
