/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_SPARE_H
#define UNDO_SPARE_H
/* What all but a rollback leaves to the package manager. */
#include "undo/rollback-item.h"

/*
 * What a package of the system has come to have stays, and the manager's record of it; what one had
 * before, and the install had replaced, it gets back. 0 or -ENOMEM.
 */
int spare_packages(struct rollback *rb) MUST_CHECK;

#endif
