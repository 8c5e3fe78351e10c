/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_CONFIGURATION_H
#define BASE_CONFIGURATION_H
/* What a person may edit: an installer leaves one alone that is there, and so does a manager. */
#include <stdbool.h>
#include <string.h>

/* By where it is: below /etc, or the etc of another prefix, as /usr/local/etc. */
static inline bool path_is_configuration(const char *path)
{
	return strstr(path, "/etc/") != NULL;
}

#endif
