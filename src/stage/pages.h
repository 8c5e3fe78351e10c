/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STAGE_PAGES_H
#define STAGE_PAGES_H
/* Manual and info pages, compressed in copies of ours, as `gzip -9n` does. */
#include "package/metadata.h"

/*
 * A page that an earlier package of this software put there compressed is no
 * second one: what the run itself left of it is packed. Before payload_check().
 */
void pages_drop_older(struct payload *p);
/*
 * Packs compressed copies, as the options say, under names that end in .gz;
 * links follow. What was read has to be read by payload_check() before. The
 * names they had go to o->renamed. 0, or -1 after saying why.
 */
int pages_compress(struct payload *p, const struct metadata *m, struct package_options *o);

#endif
