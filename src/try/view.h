/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRY_VIEW_H
#define TRY_VIEW_H
/*
 * The mounts that this process sees, each with what becomes of it in a scene.
 *
 * A file system may be seen at several places (bind mounts), and what is written at one of them is
 * to be seen at the others. So of the mounts of one file system, the one that shows the most of it
 * gets the overlay, and the others are folders of that.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cleanup.h"

enum shown_how {
	SHOWN_AS_IT_IS,  /* of the kernel's own, a device's, or a socket's: the real one */
	SHOWN_BY_LAYERS, /* an overlay of its own */
	SHOWN_BY_COPY,   /* one file, mounted over another (docker does that): a copy of it */
	SHOWN_BY_OTHER,  /* a part of what another one shows */
};

struct shown {
	uint64_t id;
	char *device;       /* "254:0", of the file system */
	char *root;         /* what of it is seen; "" is all */
	char *point;        /* where: "" is "/" */
	char *type, *source;
	unsigned long flags; /* MS_* */
	enum shown_how how;
	size_t other; /* of SHOWN_BY_OTHER: which one */
	int layer;    /* number of its folder in the image, -1: none yet */
};

struct view {
	struct shown *all; /* in the order in which they were mounted; the first one is "/" */
	size_t count;
};

/* 0 or -errno; -ENOSYS: the kernel does not tell which mount a file is on. */
int view_read(struct view *v) MUST_CHECK;
void view_release(struct view *v);
/* A mount's point, as a name. */
const char *shown_point(const struct shown *s);
/* The number of the mount that path is on; 0: it cannot be told. *mode (or NULL) is the file's. */
uint64_t view_mount_of(const char *path, uint32_t *mode);
/* The mount of that number, or NULL. */
const struct shown *view_find(const struct view *v, uint64_t id);

#endif
