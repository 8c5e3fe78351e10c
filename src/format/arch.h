/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FORMAT_ARCH_H
#define FORMAT_ARCH_H
#include "package/metadata.h"

/*
 * The machine that a package is for, where no option says it, from its ELF files, in rpm's
 * words; "noarch" for any. 0, or -1 after saying why.
 */
int arch_find(struct payload *p, struct metadata *m);

#endif
