/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H
/* The tables and views that db/ describes: making them, and knowing them again. */
#include "base/cleanup.h"
#include "base/log.h"
#include "store/sql.h"

/* Of the schema that this program reads and writes; PRAGMA user_version. */
int schema_version(void);
/* From the version that is there to ours, within the transaction that is open. 0 or -errno. */
int schema_make(struct db *db, int from) MUST_CHECK;
/*
 * What a query answers is a matter of the views it asks, and what a row brings about one of the
 * triggers: each view of ours has to be as we make it, and a trigger is none of ours. What else
 * there is, is their business who query the file. 0, -EMEDIUMTYPE, or another -errno.
 */
int schema_check(struct db *db, struct words *words) MUST_CHECK;

#endif
