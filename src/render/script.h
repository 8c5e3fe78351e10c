/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_SCRIPT_H
#define RENDER_SCRIPT_H
/* What there is to take out, as a script. */
#include "buildaudit.h"

/*
 * A POSIX sh script that takes out what the rows of ba_uninstall_list() name,
 * each after a look at its content. title: what it says it is.
 */
int render_script(struct ba_rows *rows, const char *title);

#endif
