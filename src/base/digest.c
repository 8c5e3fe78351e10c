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
	digest_free(d);
	return NULL;
}

void digest_free(struct digest *d)
{
	if (!d)
		return;
	crypto.EVP_MD_CTX_free(d->ctx);
	free(d);
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

static int digest_fd(int fd, enum digest_kind kind, bool (*stop)(void *), void *data, unsigned char *out)
{
	_cleanup_(digest_freep) struct digest *d = digest_new(kind);
	_cleanup_free_ char *chunk = malloc(CHUNK);
	ssize_t n;

	if (!d || !chunk)
		return kinds[kind] ? -ENOMEM : -ELIBACC;
	while ((n = read(fd, chunk, CHUNK)) > 0 || (n < 0 && errno == EINTR)) {
		if (n > 0)
			digest_add(d, chunk, (size_t)n);
		if (stop && stop(data))
			return -ECANCELED;
	}
	if (n < 0)
		return -errno;
	digest_end(d, out);
	return 0;
}

int digest_sha256(int fd, unsigned char out[SHA256_LEN])
{
	return digest_fd(fd, DIGEST_SHA256, NULL, NULL, out);
}

int digest_sha256_unless(int fd, bool (*stop)(void *), void *data, unsigned char out[SHA256_LEN])
{
	return digest_fd(fd, DIGEST_SHA256, stop, data, out);
}

int digest_md5(int fd, unsigned char out[MD5_LEN])
{
	return digest_fd(fd, DIGEST_MD5, NULL, NULL, out);
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
