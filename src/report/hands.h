/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORT_HANDS_H
#define REPORT_HANDS_H
/* Who did what to which file, and when. */
#include "report/gather.h"

/* 0; or below after saying why. */
int hands_gather(struct gather *g) MUST_CHECK;

#endif
