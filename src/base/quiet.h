/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_QUIET_H
#define BASE_QUIET_H
/*
 * The text of a symlink, whose time of access does not tell that it was read,
 * where root asks: there is no O_NOATIME for it, and utimensat(2) would change
 * another of its times. So it is read in its folder as a mount that nobody sees
 * and that stamps nothing. Such a mount takes some 50 us to come and go, and may
 * wait for all processors: one does for all of a folder.
 */
#include "base/buf.h"
#include "base/cleanup.h"

struct quiet {
	int fd;            /* of the folder that was read in last; -1: as any reader would */
	struct buf folder; /* its name */
};

#define QUIET_INIT { -1, BUF_INIT }

/* The text of the symlink path into out, which has PATH_MAX bytes. Length or -errno. */
ssize_t quiet_readlink(struct quiet *q, const char *path, char *out) MUST_CHECK;
/* The same of a single one. */
ssize_t quiet_readlink_once(const char *path, char *out) MUST_CHECK;
void quiet_release(struct quiet *q);

#endif
