/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_RIGHTS_H
#define BASE_RIGHTS_H
#include <stdbool.h>

/* Has this process that capability (CAP_*) now? */
bool rights_capable(int capability);
/* Would the program at path, when this process starts it, be of another user by its set-uid bit? */
bool rights_gained_by(const char *path);

#endif
