/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_RELATIONS_H
#define PACKAGE_RELATIONS_H
/* What a person writes of other packages. */
#include "base/buf.h"
#include "package/type.h"

/*
 * A list of other packages in the words of the type; what names
 * the option. 0, or -1 after saying why.
 */
int relations_write(enum package_type type, const char *what, const char *list, struct buf *out);

#endif
