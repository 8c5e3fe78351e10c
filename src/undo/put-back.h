/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_PUT_BACK_H
#define UNDO_PUT_BACK_H
/* Files, symlinks and the rest come back to their places, each by one rename where that can be. */
#include "undo/rollback-item.h"

/* All that a rollback wants to be there, the names of one file as one. */
void put_back_all(struct rollback *rb);

#endif
