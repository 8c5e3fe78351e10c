/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_RIGHTS_H
#define BASE_RIGHTS_H
#include <stdbool.h>
#include <sys/types.h>

/* Has this process that capability (CAP_*) now? */
bool rights_capable(int capability);
/*
 * Would the program at path have rights that one of that user and group has not: set-uid,
 * set-gid, or with capabilities?
 */
bool rights_offered_by(const char *path, uid_t uid, gid_t gid);
/* Would it gain them, when this process starts it? */
bool rights_gained_by(const char *path);

#endif
