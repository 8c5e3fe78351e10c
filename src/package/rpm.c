/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "package/formats.h"
#include "package/say.h"
int rpm_make(const char *file, struct payload *p, struct metadata *m) { return say_failed("no rpm yet"); }
void rpm_file_name(const struct metadata *m, struct buf *out) { buf_adds(out, "x.rpm"); }
int rpm_metadata(struct payload *p, struct metadata *m) { return 0; }
