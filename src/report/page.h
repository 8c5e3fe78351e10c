/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H
/* What stands around the data. */
#include "base/cleanup.h"

/* Up to the data, and behind it. 0, or -1 after saying why. */
int page_begin(int fd) MUST_CHECK;
int page_end(int fd) MUST_CHECK;

#endif
