/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRY_BUILD_H
#define TRY_BUILD_H
/*
 * A scene's mount namespace, made from the one that this process is in: everything at the same
 * names, with layers over what can be written.
 *
 *   old /  --private copy-->  old /            DB.scenes: tmpfs
 *                                                /NAME   the image
 *                                                /layers/N  overlays, one for each file system
 *                                                /root   all of them at their places: becomes /
 */
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/log.h"

/* Where the layers are. */
struct site {
	const char *name;   /* NAME: of the image, and of the folder it is mounted at */
	const char *file;   /* the image's, in the folder of images */
	const char *folder; /* that folder, by its name */
	int images;         /* and open */
};

/*
 * This process is in it afterwards, in its "/". Where that fails it is in mounts of its own that
 * are as they were. notes (or NULL): what could not be made as outside, a sentence a line.
 * 0, or -errno with a sentence.
 */
int build_scene(const struct site *s, struct buf *notes, struct words *words) MUST_CHECK;

#endif
