/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/utf8.h"

#include "base/cleanup.h"

static bool tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

size_t utf8_length(const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;

	if (n == 0)
		return 0;
	if (u[0] < 0x80)
		return 1;
	if (u[0] >= 0xc2 && u[0] <= 0xdf)
		return n > 1 && tail(u[1]) ? 2 : 0;
	if ((u[0] & 0xf0) == 0xe0) {
		if (n < 3 || !tail(u[1]) || !tail(u[2]))
			return 0;
		if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f))
			return 0; /* overlong, or half of a surrogate pair */
		return 3;
	}
	if (u[0] >= 0xf0 && u[0] <= 0xf4) {
		if (n < 4 || !tail(u[1]) || !tail(u[2]) || !tail(u[3]))
			return 0;
		if ((u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f))
			return 0; /* overlong, or past U+10FFFF */
		return 4;
	}
	return 0;
}

uint32_t utf8_character(const char *s, size_t length)
{
	const unsigned char *u = (const unsigned char *)s;
	uint32_t c = length == 1 ? u[0] : u[0] & (0x7fU >> length);
	size_t i;

	for (i = 1; i < length; i++)
		c = c << 6 | (u[i] & 0x3f);
	return c;
}

size_t utf8_encode(uint32_t c, char *out)
{
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n, i;

	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd;
	n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (i = n; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(first[n] | c);
	return n;
}

static const struct {
	uint32_t from, to;
} hidden[] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f },	    /* C0, DEL, C1 */
	{ 0x61c, 0x61c }, { 0x200e, 0x200f }, /* the marks */
	{ 0x202a, 0x202e }, { 0x2066, 0x2069 }, /* embeddings, overrides, isolates */
};

size_t utf8_shown(const char *s, size_t n)
{
	size_t length = utf8_length(s, n), i;
	uint32_t c;

	if (length == 0)
		return 0;
	c = utf8_character(s, length);
	for (i = 0; i < ARRAY_SIZE(hidden); i++)
		if (c >= hidden[i].from && c <= hidden[i].to)
			return 0;
	return length;
}

bool utf8_valid(const char *s, size_t n)
{
	size_t step;

	for (; n; s += step, n -= step) {
		step = utf8_length(s, n);
		if (step == 0)
			return false;
	}
	return true;
}
