/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MODEL_OBJECT_H
#define MODEL_OBJECT_H
/* A kept content, by its name beside the database: DB.d/ab/cdef... */
#include "base/digest.h"

#define OBJECT_NAME (2 * SHA256_LEN + 2)

void object_name(const unsigned char hash[SHA256_LEN], char out[OBJECT_NAME]);

#endif
