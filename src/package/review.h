/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_REVIEW_H
#define PACKAGE_REVIEW_H
/* What a package says of itself, before it is made. */
#include "package/metadata.h"

/* With --review-control: the text in an editor, when there is a terminal. 0 or -1. */
int package_review(const struct metadata *m, const char *name, struct buf *text);

#endif
