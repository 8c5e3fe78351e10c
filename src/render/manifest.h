/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_MANIFEST_H
#define RENDER_MANIFEST_H
/* The manifest in the forms that other tools read. */
#include <stdbool.h>

#include "buildaudit.h"

/* The manifest's rows in a standard form; 1 when something had to be left out. */
int render_mtree(struct ba_rows *rows);
int render_sums(struct ba_rows *rows, bool md5);

#endif
