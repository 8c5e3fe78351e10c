/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_TRUST_H
#define STORE_TRUST_H
#include "base/cleanup.h"
#include "base/log.h"

/*
 * May an undo do what the database at path says? Who writes it, or what stands
 * beside it, can have any file restored anywhere, set-uid root if root does it.
 * So it has to be ours or root's, and nobody else's to write: the file, its log
 * and journal, the folder of originals, and the folder that it stands in (or,
 * under sudo, that is the caller's). 0, or -EPERM with a sentence that names
 * which is not.
 */
int trust_database(const char *path, struct words *words) MUST_CHECK;

#endif
