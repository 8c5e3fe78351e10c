/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_TERMINAL_H
#define RENDER_TERMINAL_H
/* What stands behind stdout: a terminal, or a pager on one, or a file. */
#include <stdbool.h>
#include <stddef.h>

bool render_is_terminal(void);
/* A file, or nothing: who reads what we print has no use for this terminal meanwhile. */
bool render_is_file(void);
/* It knows no sequences, as far as anybody has told: TERM is not set, or "dumb". */
bool render_term_is_dumb(void);
/* Is there somebody to ask, on stderr, and to answer? */
bool render_can_ask(void);
/* Columns of the terminal, 0 when stdout is none. */
int render_width(void);
/* The columns that a line may have where it is not to be read in full, on a terminal or not. */
size_t render_line_width(void);
/* Do the locale's characters include those that draw lines? */
bool render_is_utf8(void);

/* Colour: on a terminal only, and not with NO_COLOR set, unless it was asked for. */
enum colour { PLAIN, RED, GREEN, YELLOW, DIM, BOLD };
const char *render_colour(enum colour c);
/* "auto", "always" or "never". False: something else. */
bool render_choose_colour(const char *when);

#endif
