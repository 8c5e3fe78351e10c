/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_PROGRESS_H
#define RENDER_PROGRESS_H
/* A bar on the terminal, while something takes its time. */
#include <stdint.h>

/*
 * Something begins, and how far it is cannot be told yet: after half a second `what` stands on
 * stderr when it is a terminal, until a bar takes its place. By a SIGALRM, one at most.
 */
void render_progress_begin(const char *what);
/* How far long work has come, on stderr when it is a terminal; `what` is said before the bar. */
void render_progress(const char *what, uint64_t done, uint64_t total);
/*
 * From now on a signal that ends us says what was at work, how far that has come, and how to go on,
 * which is a string that stays.
 */
void render_interruptible(const char *what, const char *how_to_go_on);
/* Both: something begins, that can be gone on with. */
void render_work_begin(const char *what, const char *how_to_go_on);
/* Takes the bar away; before anything else is printed. */
void render_progress_end(void);

#endif
