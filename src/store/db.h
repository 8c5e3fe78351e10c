/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_DB_H
#define STORE_DB_H
/* What sql.c and open.c share; for nobody else. */
#include <sqlite3.h>

#include "store/sql.h"

struct db {
	sqlite3 *sqlite;
	char *path;
	long long size;    /* of the file, at the most so far; it never shrinks */
	bool mode_on_disk; /* that it has a write-ahead log is on the disk, or is of no matter */
	sqlite3_stmt *statements[Q_COUNT];
};

int db_errno(int code);

#endif
