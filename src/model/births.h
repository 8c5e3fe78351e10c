/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MODEL_BIRTHS_H
#define MODEL_BIRTHS_H
/*
 * Whether the time of birth that a file system tells is the file's. overlayfs
 * gives that of the copy which a first change makes in its upper layer: an old
 * file seems to be born just then. A network's file system has another
 * machine's clock.
 */
#include <stdbool.h>
#include <stdint.h>

/* Of what stands at path, with that number; flags as for statx(2). Asked once for each device. */
bool births_are_true(uint64_t dev, uint64_t ino, int dirfd, const char *path, int flags);
/*
 * From here on overlays are those of a try: their upper layers are on one ext4, and xino=on gives
 * what is, or came, from below numbers beyond its 32 bits. All others were born there.
 */
void births_in_layers(void);
/* Something was mounted or unmounted: a device's number may be another's by now. */
void births_forget(void);

#endif
