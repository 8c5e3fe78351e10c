/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_CLAIM_H
#define BASE_CLAIM_H
/*
 * A temporary file or folder that has a name, and whose maker was killed, is
 * told by its lock, flock(2), from one whose maker lives.
 */
#include "base/cleanup.h"

/*
 * Takes the lock of what is open; it is held until fd, and each copy that a
 * child has, is closed. 0; -EBUSY: whoever made it lives; -EAGAIN: path is the
 * name of something else by now, or of nothing; -EPERM: it is somebody else's;
 * or another -errno where the file system has no locks.
 */
int claim(int fd, const char *path) MUST_CHECK;

#endif
