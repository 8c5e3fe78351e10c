/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order of Debian versions, as its policy manual describes it (5.6.12). libdpkg is no shared
 * library, and dpkg --compare-versions would be a process for each of thousands of symbols.
 */
#include "package/version.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* '~' before the end, the end before letters, letters before the rest. */
static int weight(char c)
{
	if (c == '~')
		return -1;
	if (c == '\0' || isdigit((unsigned char)c))
		return 0;
	return isalpha((unsigned char)c) ? (unsigned char)c : (unsigned char)c + 256;
}

static int compare_part(const char *a, const char *a_end, const char *b, const char *b_end)
{
	while (a < a_end || b < b_end) {
		unsigned long long x, y;

		while ((a < a_end && !isdigit((unsigned char)*a)) ||
			(b < b_end && !isdigit((unsigned char)*b))) {
			int d = weight(a < a_end ? *a : '\0') - weight(b < b_end ? *b : '\0');

			if (d)
				return d;
			a += a < a_end;
			b += b < b_end;
		}
		for (x = 0; a < a_end && isdigit((unsigned char)*a); a++)
			x = 10 * x + (unsigned long long)(*a - '0');
		for (y = 0; b < b_end && isdigit((unsigned char)*b); b++)
			y = 10 * y + (unsigned long long)(*b - '0');
		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

int version_compare(const char *a, const char *b)
{
	const char *a_colon = strchr(a, ':'), *b_colon = strchr(b, ':'), *a_dash, *b_dash, *a_end,
		   *b_end;
	long a_epoch = a_colon ? strtol(a, NULL, 10) : 0,
	     b_epoch = b_colon ? strtol(b, NULL, 10) : 0;
	int d;

	if (a_epoch != b_epoch)
		return a_epoch < b_epoch ? -1 : 1;
	a = a_colon ? a_colon + 1 : a;
	b = b_colon ? b_colon + 1 : b;
	a_end = a + strlen(a);
	b_end = b + strlen(b);
	a_dash = strrchr(a, '-');
	b_dash = strrchr(b, '-');
	d = compare_part(a, a_dash ? a_dash : a_end, b, b_dash ? b_dash : b_end);
	if (d)
		return d;
	/* no revision is the revision 0 */
	return compare_part(a_dash ? a_dash + 1 : a_end, a_end, b_dash ? b_dash + 1 : b_end, b_end);
}
