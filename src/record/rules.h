/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_RULES_H
#define RECORD_RULES_H
/* The table of calls, as the filter has it. */
#include "trace/filter.h"

/* 0 or -errno. */
int rules_build(struct filter *f);

#endif
