/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_TYPE_H
#define PACKAGE_TYPE_H
/* Which kind of package. */

enum package_type { PACKAGE_AUTO, PACKAGE_DEB, PACKAGE_RPM, PACKAGE_TAR, PACKAGE_SLACKWARE };

#endif
