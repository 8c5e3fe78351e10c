/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EXPORT_CSV_H
#define EXPORT_CSV_H
#include <stddef.h>

/* What csv can be of; NULL: no more. */
const char *csv_of(size_t place);

#endif
