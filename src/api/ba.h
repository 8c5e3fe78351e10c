/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef API_BA_H
#define API_BA_H
/* What the files of this folder share behind buildaudit.h. */
#include "base/log.h"
#include "buildaudit.h"
#include "store/sql.h"

#define API __attribute__((visibility("default")))

struct ba {
	struct db *db;
	bool writes; /* opened with BA_WRITE */
	bool entered; /* this process is in the layers of a run */
	struct words words;
};

#endif
