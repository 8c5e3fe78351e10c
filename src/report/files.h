/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORT_FILES_H
#define REPORT_FILES_H
/* The places that a run came to, with what it left there. */
#include "report/gather.h"

/* 0; or below after saying why. */
int files_gather(struct gather *g) MUST_CHECK;

#endif
