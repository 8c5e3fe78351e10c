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
 * The signals do what they did before; one that was sent is now sent again, and where there is no
 * package for it (r < 0) that is said.
 */
void stop_end(int r);

#endif
