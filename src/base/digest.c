/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/digest.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Large enough that reading costs little, small enough to stay in a core's cache. */
#define CHUNK (128U * 1024)

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256, *md5;

/*
 * EVP_sha256() is looked up anew at each start of a digest, which costs more
 * than to hash a small file. And libcrypto reads its configuration file at
 * first use, on which no digest of ours depends.
 */
static void fetch(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	md5 = EVP_MD_fetch(NULL, "MD5", NULL);
}

static int digest_fd(int fd, const EVP_MD *kind, unsigned char *out)
{
	_cleanup_free_ char *chunk = malloc(CHUNK);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	ssize_t n = -1;
	int r = -ENOMEM;

	if (chunk && ctx && EVP_DigestInit_ex(ctx, kind, NULL)) {
		while ((n = read(fd, chunk, CHUNK)) > 0 || (n < 0 && errno == EINTR))
			if (n > 0)
				EVP_DigestUpdate(ctx, chunk, (size_t)n);
		r = n < 0 ? -errno : 0;
		EVP_DigestFinal_ex(ctx, out, NULL);
	}
	EVP_MD_CTX_free(ctx);
	return r;
}

int digest_sha256(int fd, unsigned char out[SHA256_LEN])
{
	pthread_once(&once, fetch);
	return digest_fd(fd, sha256 ? sha256 : EVP_sha256(), out);
}

int digest_md5(int fd, unsigned char out[MD5_LEN])
{
	pthread_once(&once, fetch);
	return digest_fd(fd, md5 ? md5 : EVP_md5(), out);
}

/* EVP_MD_CTX under a name of our own, so that nobody else includes OpenSSL. */
struct digest *digest_begin(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx && !EVP_DigestInit_ex(ctx, EVP_sha256(), NULL)) {
		EVP_MD_CTX_free(ctx);
		ctx = NULL;
	}
	return (struct digest *)ctx;
}

void digest_add(struct digest *d, const void *data, size_t n)
{
	EVP_DigestUpdate((EVP_MD_CTX *)d, data, n);
}

void digest_end(struct digest *d, unsigned char *out)
{
	if (out)
		EVP_DigestFinal_ex((EVP_MD_CTX *)d, out, NULL);
	EVP_MD_CTX_free((EVP_MD_CTX *)d);
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
