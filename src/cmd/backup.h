/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_BACKUP_H
#define CMD_BACKUP_H
/* What a run overwrote or removed, in an archive beside the package, as checkinstall's --backup. */
#include <stdint.h>

#include "buildaudit.h"

/*
 * Made of the kept originals, in the working folder, as backup-DATE-pre-NAME.tgz; nothing is made
 * where nothing was overwritten. What was not kept is listed. db: NULL is the usual one. 0, or -1
 * after saying why.
 */
int backup_write(struct ba *ba, int64_t run, const char *name, const char *db);

#endif
