/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_STOP_H
#define RENDER_STOP_H
/*
 * Ctrl-C (or SIGTERM, SIGHUP) while something is written: the work ends at the
 * next file or so, takes its half-made files away, and then dies of the signal.
 */
#include <stdbool.h>

void stop_watch(void);
/* Was one sent since stop_watch()? */
bool stop_asked(void);
/*
 * The signals do what they did before; one that was sent is now sent again, once it is said that
 * there is no `unmade` for it (NULL: there is).
 */
void stop_end(const char *unmade);

#endif
