/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRY_IMAGE_H
#define TRY_IMAGE_H
/*
 * The file that holds a scene's layers: sparse, with an ext4 in it, as large as what is free where
 * it is. The kernel refuses upper layers within the file system that they lie over, so they are on
 * one of their own.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/log.h"

/*
 * Makes it, as `file` in the folder `images`, whose name words tell. A descriptor that holds its
 * lock, flock(2), from the start; or -errno.
 */
int image_make(int images, const char *file, const char *folder, struct words *words) MUST_CHECK;
/* Mounts it at a folder; the loop device goes with the last who has it mounted. 0 or -errno. */
int image_mount(int images, const char *file, const char *at, struct words *words) MUST_CHECK;
/* Has a loop device the file of that name? It is mounted by somebody, or is about to be let go. */
bool image_is_attached(const char *file);

#endif
