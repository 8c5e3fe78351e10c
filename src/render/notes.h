/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_NOTES_H
#define RENDER_NOTES_H
#include <stdbool.h>
#include <stddef.h>

/*
 * A run's notes (view runs), a sentence a line: the first from `notes` on that a person has to
 * know, since something was refused, lost, or not seen. NULL: none. The next one is behind it.
 */
const char *render_note(const char *notes, size_t *len);
/* Did the command see something else by it, perhaps in silence? */
bool render_note_warns(const char *note, size_t len);

#endif
