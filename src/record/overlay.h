/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_OVERLAY_H
#define RECORD_OVERLAY_H
/* Upper and work folders of overlays that the run mounts. */
#include "record/handler.h"

/* It is mounted by this call. */
void overlay_mount(struct recorder *r, const struct task *task, const struct call *c);
/* One is put together, option by option: fsconfig(2). */
enum next enter_mount_option(struct recorder *r, struct task *task, struct pending *p);
/* What was written into those folders so far. */
void overlay_tell(struct recorder *r);
void overlay_release(struct recorder *r);

#endif
