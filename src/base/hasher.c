/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/hasher.h"

#include <openssl/evp.h>
#include <stdlib.h>

struct hasher {
	EVP_MD_CTX *ctx;
	const EVP_MD *kind;
};

struct hasher *hasher_new(enum hasher_kind kind)
{
	struct hasher *h = calloc(1, sizeof *h);

	if (!h)
		return NULL;
	h->kind = kind == HASHER_SHA256 ? EVP_sha256() : EVP_md5();
	h->ctx = EVP_MD_CTX_new();
	if (h->ctx && EVP_DigestInit_ex(h->ctx, h->kind, NULL))
		return h;
	hasher_free(h);
	return NULL;
}

void hasher_free(struct hasher *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

void hasher_add(struct hasher *h, const void *data, size_t n)
{
	EVP_DigestUpdate(h->ctx, data, n);
}

void hasher_end(struct hasher *h, unsigned char *out)
{
	EVP_DigestFinal_ex(h->ctx, out, NULL);
	EVP_DigestInit_ex(h->ctx, h->kind, NULL);
}
