/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_INSTALL_H
#define CMD_INSTALL_H
/*
 * A package that was just made goes into the system. Its files take the place
 * of those that the run left, and are not always the same: stripped, say. So
 * the manager is recorded as a run of the same install, of what it does to the
 * install's files and to nothing else.
 */
#include "package/options.h"

/*
 * o is what package_make() got and answered, flags are words for the manager, or NULL; fresh: an
 * rpm is installed (-i) and takes no older one out. The exit status.
 */
int install(const struct package_options *o, const char *flags, bool fresh, const char *db);

#endif
