/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORT_EXECS_H
#define REPORT_EXECS_H
/* What ran: each name and each command line once, and who ran which. */
#include "report/gather.h"

/* 0; or below after saying why. */
int execs_gather(struct gather *g) MUST_CHECK;

#endif
