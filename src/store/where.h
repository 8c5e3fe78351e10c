/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_WHERE_H
#define STORE_WHERE_H
/*
 * Where somebody is who records a run, or takes one back: of which root his names are, and whose
 * numbers his owners have.
 */
#include <limits.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fs-id.h"

struct where {
	char place[PATH_MAX];  /* the database's name; "": it is out of reach */
	char root[FS_ID_MAX];  /* the file system and folder that "/" is; "": not known */
	struct buf ids;        /* user_namespaces(7): uid_map and gid_map, "0 1000 1;0 1000 1" */
};

/* This process; db: how the database was given. The caller's to release, after an error, too. */
int where_read(struct where *w, const char *db) MUST_CHECK;
void where_release(struct where *w);

#endif
