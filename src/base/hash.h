/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_HASH_H
#define BASE_HASH_H
/*
 * The one file that includes uthash: by default it ends the process when
 * memory runs out. Here an element that could not be added has a NULL table;
 * ask hash_added() after each HASH_ADD.
 */
#define HASH_NONFATAL_OOM 1
#include <errno.h>
#include <uthash.h>

#define hash_added(e) ((e)->hh.tbl ? 0 : -ENOMEM)

#endif
