/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_REASON_H
#define UNDO_REASON_H
/* Why something cannot be done to a path, in words. */
#include <stdarg.h>

/* In the place of the one that was there; NULL where there is no memory for it. */
void reason_vset(char **reason, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

#endif
