/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_HASHER_H
#define BASE_HASHER_H
/* Digests of bytes that come in pieces; for a whole file there is base/digest.h. */
#include <stddef.h>

#include "base/digest.h"

enum hasher_kind { HASHER_SHA256, HASHER_MD5 };
struct hasher;

/* NULL: no memory. Freed with hasher_free. */
struct hasher *hasher_new(enum hasher_kind kind);
void hasher_free(struct hasher *h);
void hasher_add(struct hasher *h, const void *data, size_t n);
/* SHA256_LEN or MD5_LEN bytes; the hasher is then ready for the next. */
void hasher_end(struct hasher *h, unsigned char *out);

static inline void hasher_freep(struct hasher **h)
{
	hasher_free(*h);
}

#endif
