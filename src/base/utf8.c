/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/utf8.h"

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
