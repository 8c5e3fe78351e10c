/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_SINCE_H
#define RENDER_SINCE_H
/* What has become of a run since: it was undone, or later ones have all its files. */
#include "base/buf.h"
#include "buildaudit.h"

/* In words; nothing when it is as it was. 1, or -errno. */
int render_since(struct buf *out, struct ba *ba, int64_t run_id);
/* Into the object of the run's row, which ends with '}': undone, whole, superseded. The same. */
int render_since_json(struct buf *object, struct ba *ba, int64_t run_id);

#endif
