/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_ASIDE_H
#define UNDO_ASIDE_H
/*
 * What the run carried in from an excluded place where something else stands by now, as what was
 * built anew since: it is nobody's to destroy, nor is that. It is put beside it.
 */
#include "undo/rollback-item.h"

/*
 * Gives what stands at `it`, `name` in dir, its name there (plan_item.aside), if it is to have one;
 * it may have lost that at `it` by that (plan_item.emptied). 0; or -ESTALE: it has to stay, and
 * its reason says why. By force it goes all the same.
 */
int aside_put(struct rollback *rb, struct plan_item *it, int dir, const char *name) MUST_CHECK;
/* That it would; of a dry one. */
void aside_tell(struct rollback *rb, const struct plan_item *it);

#endif
