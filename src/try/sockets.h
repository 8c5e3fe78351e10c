/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRY_SOCKETS_H
#define TRY_SOCKETS_H
/*
 * Sockets that somebody has bound to a name. Through an overlay nobody is found behind them, so the
 * real ones are mounted over those that the overlay shows: the system's daemons are reached as
 * ever, and a name that is in use cannot be removed.
 */
#include "try/view.h"

/* Those that are seen through layers, at the same names below new_root. */
void sockets_bind(const struct view *v, const char *new_root);

#endif
