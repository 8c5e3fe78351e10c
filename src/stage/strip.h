/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STAGE_STRIP_H
#define STAGE_STRIP_H
/* Programs and libraries without their symbols, in copies of ours, by strip(1). */
#include "package/metadata.h"

/*
 * Packs stripped copies, as the options say, of what payload_check() has read; what cannot be
 * stripped is listed, and packed as it is. 0, or -1 after saying why.
 */
int strip_payload(struct payload *p, const struct metadata *m);

#endif
