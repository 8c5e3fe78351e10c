/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_FLAT_H
#define RENDER_FLAT_H
/* A script of many lines as one. */
#include "base/buf.h"

/*
 * Its commands with "; " between them, where a shell wants that; without what it says to whoever
 * reads it; and a line's end within quotes, or in a here-document, as \n.
 */
void render_flat(struct buf *out, const char *script);

#endif
