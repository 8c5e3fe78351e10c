/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/digest.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/library.h"

/* Large enough that reading costs little, small enough to stay in a core's cache. */
#define CHUNK (128U * 1024)

#define CRYPTO(X) \
	X(OPENSSL_init_crypto) \
	X(EVP_MD_fetch) \
	X(EVP_MD_CTX_new) \
	X(EVP_MD_CTX_free) \
	X(EVP_DigestInit_ex) \
	X(EVP_DigestUpdate) \
	X(EVP_DigestFinal_ex)

LIBRARY_NOTE(LIBCRYPTO_SONAME, "digest", "SHA-256 and MD5 of files", "required");

static struct {
	CRYPTO(LIBRARY_FUNCTION)
} crypto;

struct digest {
	EVP_MD_CTX *ctx;
	const EVP_MD *kind;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const EVP_MD *kinds[2];

/*
 * A kind is looked up once: anew at each start of a digest it costs more than
 * to hash a small file. And libcrypto reads its configuration file at first
 * use, on which no digest of ours depends.
 */
static void load(void)
{
	static const char *const names[] = { CRYPTO(LIBRARY_NAME) };

	if (library_load(LIBCRYPTO_SONAME, names, ARRAY_SIZE(names), &crypto, NULL) < 0)
		return;
	crypto.OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	kinds[DIGEST_SHA256] = crypto.EVP_MD_fetch(NULL, "SHA256", NULL);
	kinds[DIGEST_MD5] = crypto.EVP_MD_fetch(NULL, "MD5", NULL);
}

void digest_freep(struct digest **d)
{
	if (!*d)
		return;
	crypto.EVP_MD_CTX_free((*d)->ctx);
	free(*d);
}

struct digest *digest_new(enum digest_kind kind)
{
	struct digest *d;

	pthread_once(&once, load);
	d = kinds[kind] ? calloc(1, sizeof *d) : NULL;
	if (!d)
		return NULL;
	d->kind = kinds[kind];
	d->ctx = crypto.EVP_MD_CTX_new();
	if (d->ctx && crypto.EVP_DigestInit_ex(d->ctx, d->kind, NULL))
		return d;
	digest_freep(&d);
	return NULL;
}

int digest_error(enum digest_kind kind)
{
	return kinds[kind] ? -ENOMEM : -ELIBACC;
}

void digest_add(struct digest *d, const void *data, size_t n)
{
	crypto.EVP_DigestUpdate(d->ctx, data, n);
}

void digest_end(struct digest *d, unsigned char *out)
{
	crypto.EVP_DigestFinal_ex(d->ctx, out, NULL);
	crypto.EVP_DigestInit_ex(d->ctx, d->kind, NULL);
}

static int read_through(int fd, struct digest *sha256, struct digest *md5, bool (*stop)(void *),
	void *data)
{
	_cleanup_free_ char *chunk = malloc(CHUNK);
	ssize_t n;

	if (!chunk)
		return -ENOMEM;
	while ((n = read(fd, chunk, CHUNK)) > 0 || (n < 0 && errno == EINTR)) {
		if (n > 0)
			digest_add(sha256, chunk, (size_t)n);
		if (n > 0 && md5)
			digest_add(md5, chunk, (size_t)n);
		if (stop && stop(data))
			return -ECANCELED;
	}
	return n < 0 ? -errno : 0;
}

int digest_sha256_unless(int fd, bool (*stop)(void *), void *data, unsigned char out[SHA256_LEN])
{
	_cleanup_(digest_freep) struct digest *d = digest_new(DIGEST_SHA256);
	int r = d ? read_through(fd, d, NULL, stop, data) : digest_error(DIGEST_SHA256);

	if (r == 0)
		digest_end(d, out);
	return r;
}

int digest_sha256(int fd, unsigned char out[SHA256_LEN])
{
	return digest_sha256_unless(fd, NULL, NULL, out);
}

int digest_both(int fd, unsigned char sha256[SHA256_LEN], unsigned char md5[MD5_LEN])
{
	_cleanup_(digest_freep) struct digest *a = digest_new(DIGEST_SHA256);
	_cleanup_(digest_freep) struct digest *b = digest_new(DIGEST_MD5);
	int r = a && b ? read_through(fd, a, b, NULL, NULL) : digest_error(DIGEST_MD5);

	if (r == 0) {
		digest_end(a, sha256);
		digest_end(b, md5);
	}
	return r;
}

void digest_hex(const unsigned char *digest, size_t n, char *out)
{
	static const char hex[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		out[2 * i] = hex[digest[i] >> 4];
		out[2 * i + 1] = hex[digest[i] & 15];
	}
	out[2 * n] = '\0';
}
