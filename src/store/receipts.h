/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_RECEIPTS_H
#define STORE_RECEIPTS_H
/* The receipts that a recorder left beside the database (model/receipt.h). */
#include "store/run.h"

/*
 * Those up to that number are not needed any more. What cannot be
 * removed is read once more, to no harm.
 */
void receipts_drop(struct db *db, int64_t run_id, uint64_t upto);
/* All of them, and their folder: nobody writes one any more. */
void receipts_end(struct db *db, int64_t run_id);
/*
 * What a killed recorder could not write any more becomes the
 * run's rows. How many they were, or -errno.
 */
int receipts_apply(struct run *run) MUST_CHECK;

#endif
