/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORT_TEXTS_H
#define REPORT_TEXTS_H
/* The texts that were replaced and whose originals are kept, from old to new. */
#include "report/gather.h"

/* 0; or below after saying why. *count: how many are in it. */
int texts_gather(struct gather *g, const char *db, size_t *count) MUST_CHECK;

#endif
