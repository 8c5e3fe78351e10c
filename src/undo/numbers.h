/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef UNDO_NUMBERS_H
#define UNDO_NUMBERS_H
/* From a file's number to its place in a list: maps that hold 1 + the place. 0 is no file's. */
#include "base/cleanup.h"
#include "base/u64map.h"

/* The last that is put counts. 0 or -ENOMEM. */
int numbers_put(struct u64map *map, uint32_t file, size_t place) MUST_CHECK;
/* 1 + the place, or 0. */
size_t numbers_at(const struct u64map *map, uint32_t file);

#endif
