/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_NAMESAKE_H
#define PACKAGE_NAMESAKE_H
/* The package of the same name that is installed here: an older one of ours, or the system's. */
#include "package/options.h"

/* What our packages say of where they are from: Origin in a deb, Vendor in an rpm. */
#define PACKAGE_ORIGIN "buildaudit"

/*
 * Is the one of that name no matter, since there is none, or it is ours? If it is the system's,
 * and ours is to be installed in its place, that is asked on a terminal, or refused; if ours is
 * only made, it is said. Asked once: o remembers a yes. 0, or -1 after saying why.
 */
int namesake_allowed(struct package_options *o, enum package_type type, const char *name);

#endif
