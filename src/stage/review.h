/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STAGE_REVIEW_H
#define STAGE_REVIEW_H
/* What a package says of itself, before it is made. */
#include "package/metadata.h"

/* With --review-control: the text in an editor, when there is a terminal. 0 or -1. */
int package_review(const struct metadata *m, const char *name, struct buf *text);

/*
 * With --inspect: the list of the files in an editor, on a terminal; a line that is taken out
 * takes a file out, one more puts one in. Elsewhere the list is told. 0 or -1.
 */
int review_files(struct payload *p, const struct metadata *m);

#endif
