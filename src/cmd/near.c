/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/near.h"

#include <string.h>

#define WORD_MAX 24

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * How many letters were left out, put in, taken for another, or exchanged with the next one. Both
 * words have less than WORD_MAX letters.
 */
static size_t distance(const char *a, const char *b)
{
	size_t d[WORD_MAX][WORD_MAX], la = strlen(a), lb = strlen(b), i, k;

	for (i = 0; i <= la; i++)
		d[i][0] = i;
	for (k = 0; k <= lb; k++)
		d[0][k] = k;
	for (i = 1; i <= la; i++)
		for (k = 1; k <= lb; k++) {
			d[i][k] = d[i - 1][k - 1] + (a[i - 1] != b[k - 1]);
			d[i][k] = least(d[i][k], least(d[i - 1][k], d[i][k - 1]) + 1);
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				d[i][k] = least(d[i][k], d[i - 2][k - 2] + 1);
		}
	return d[la][lb];
}

void near_try(struct near *n, const char *name)
{
	size_t d, len = strlen(n->word);

	if (len >= WORD_MAX || strlen(name) >= WORD_MAX)
		return;
	d = distance(n->word, name);
	if (d < n->distance && 2 * d < len) {
		n->distance = d;
		n->found = name;
	}
}
