/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_HANDLES_H
#define RECORD_HANDLES_H
/*
 * Descriptors that were opened with O_PATH: they read and write nothing, so that no lease is
 * refused for them, and show all the same whether their file has a name still.
 */
#include "record/recorder.h"

/* Has one of the run's processes the file open, in whatever way? */
bool handles_hold(const struct recorder *r, const struct inode *file);

#endif
