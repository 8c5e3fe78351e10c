/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRY_LAYERS_H
#define TRY_LAYERS_H
/*
 * The layers in a mounted image: a numbered folder for each file system that is seen.
 *
 *   0/point   where it is mounted, by which it is known when the scene is entered again
 *   0/upper   what was changed on it, in overlayfs's own form; 0/work is the kernel's
 *   0/was     an empty folder, as 0/upper was at first
 *   0/file    instead of these two: the copy of a single file that was mounted over another
 */
#include "base/log.h"
#include "try/view.h"

/*
 * Gives each of the view that needs one its layer, of the image that is mounted at the folder
 * `image` below the working folder; what is new there is made. 0, or -errno with a sentence.
 */
int layers_assign(const char *image, struct view *v, struct words *words) MUST_CHECK;
/* Mounts one of a file system at a folder, or a file's copy at a file. 0 or -errno. */
int layers_mount(const char *image, const struct shown *s, const char *at) MUST_CHECK;
/* What /proc/PID/mountinfo says of them. */
void layers_mark(const char *image, struct buf *out);

#endif
