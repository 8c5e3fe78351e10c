/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_MIX_H
#define BASE_MIX_H
/* Hashes that stay inside one process; nothing on disk depends on them. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A bijection that spreads every input bit over the output (the finaliser of MurmurHash3). */
static inline uint64_t mix64(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdULL;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53ULL;
	return x ^ (x >> 33);
}

static inline uint64_t mix_bytes(const void *data, size_t n)
{
	const unsigned char *p = data;
	uint64_t h = mix64(n + 0x9e3779b97f4a7c15ULL), word;

	for (; n >= 8; p += 8, n -= 8) {
		memcpy(&word, p, 8);
		h = mix64(h ^ word) + 0x9e3779b97f4a7c15ULL;
	}
	word = 0;
	memcpy(&word, p, n);
	return mix64(h ^ word);
}

#endif
