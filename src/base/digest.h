/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H
#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

#define SHA256_LEN 32
#define MD5_LEN 16

/* The SHA-256 (and MD5) of what fd gives from its place to its end. 0 or -errno. */
int digest_sha256(int fd, unsigned char out[SHA256_LEN]) MUST_CHECK;
int digest_both(int fd, unsigned char sha256[SHA256_LEN], unsigned char md5[MD5_LEN]) MUST_CHECK;
/* digest_sha256, given up with -ECANCELED when stop, asked every so often, says so. */
int digest_sha256_unless(int fd, bool (*stop)(void *data), void *data,
	unsigned char out[SHA256_LEN]) MUST_CHECK;
/* n bytes as 2n lower-case hex digits and a NUL. */
void digest_hex(const unsigned char *digest, size_t n, char *out);

/* Of bytes that come in pieces. */
enum digest_kind { DIGEST_SHA256, DIGEST_MD5 };
struct digest;

/* NULL: digest_error() says why. For _cleanup_(digest_freep). */
struct digest *digest_new(enum digest_kind kind);
/* -ELIBACC: there is no libcrypto here; -ENOMEM. */
int digest_error(enum digest_kind kind);
void digest_freep(struct digest **d);
void digest_add(struct digest *d, const void *data, size_t n);
/* SHA256_LEN or MD5_LEN bytes; it is then ready for the next. */
void digest_end(struct digest *d, unsigned char *out);

#endif
