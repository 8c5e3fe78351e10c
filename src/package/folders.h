/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_FOLDERS_H
#define PACKAGE_FOLDERS_H
/*
 * The folders above what a deb has. dpkg makes none that no package lists, and takes out those
 * that only this one lists, though they may have stood there before. Listed are those that others
 * have, too, and those of every system, which are put back.
 */
#include "package/metadata.h"

/* All of them are to be asked for. 0, or -1 after saying why. */
int folders_ask(struct metadata *m, const struct payload *p);
/*
 * They become entries, as they are on the disk, of the package's time. Lines of a shell that make
 * those anew that the removal may take go to again; the rest of them, which somebody made for this
 * machine, are made before the installation, by lines that go to before. 0, or -1 after saying why.
 */
int folders_add(struct payload *p, const struct metadata *m, struct buf *before,
	struct buf *again);

#endif
