/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_ACTS_H
#define RENDER_ACTS_H
/*
 * Who had a hand in a file, for a person: a block for each program that had, with when, what it
 * did, and its ancestors.
 */
#include <stdbool.h>

#include "buildaudit.h"

/*
 * Prints the rows of ba_who(), read to their end; whole: words as they are, and nothing cut.
 * 1: there were some; 0: none; or -errno.
 */
int acts_print(struct ba_rows *rows, bool whole);

#endif
