/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef API_BA_H
#define API_BA_H
/* What the files of this folder share behind buildaudit.h. */
#include "buildaudit.h"
#include "store/sql.h"

#define API __attribute__((visibility("default")))

struct ba {
	struct db *db;
	bool writes; /* opened with BA_WRITE */
	struct words words;
};

struct ba_rows {
	struct ba *ba;
	struct rows rows;
};

/* Starts an answer: the statement, with its parameters as for db_rows(). */
int ba_ask(struct ba *ba, struct ba_rows **out, int r, struct rows *rows);

#endif
