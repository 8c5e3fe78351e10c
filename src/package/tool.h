/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_TOOL_H
#define PACKAGE_TOOL_H
/* The tools of the package managers: base/child.h, with words for what fails. */
#include <stdbool.h>

#include "base/child.h"

/* child_run(); -1 after saying why. */
int tool_run(const char *const argv[], struct buf *out, enum child_errors errors);
/* Is there such a program in the path? */
bool tool_there(const char *program);
/* -1 after saying which package has the program when it is not there, else 0. */
int tool_needed(const char *program, const char *what_for);

#endif
