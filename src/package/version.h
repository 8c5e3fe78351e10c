/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_VERSION_H
#define PACKAGE_VERSION_H

/* Debian's order of versions: < 0, 0, > 0. */
int version_compare(const char *a, const char *b);

#endif
