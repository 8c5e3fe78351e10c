/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A fixed number of threads, not the machine's: one and several make different
 * bytes. gzip at level 1 takes 40% of the time of the usual one, for 7% of the
 * size. One of our own on several threads took 14% less time for a deb of 100
 * MB (medians of five, taken in turn, on two busy processors: 5.0 and 5.3 s,
 * best 3.1 and 3.7), none for a thousand small files; that is not worth 228
 * lines, and zstd is there for who is in a hurry.
 */
#include "package/compress.h"

#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"
#include "render/say.h"

static const struct compression known[] = {
	{ "gzip", ".gz", "gzip:compression-level=1,gzip:!timestamp", "w6.gzdio" },
	{ "xz", ".xz", "xz:compression-level=2,xz:threads=2", "w2T2.xzdio" },
	{ "zstd", ".zst", "zstd:compression-level=3", "w3T2.zstdio" },
	{ "none", "", NULL, "w.ufdio" },
};

const struct compression *compression_named(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(known[i].name, name))
			return &known[i];
	say_failed("there is no compression '%s': gzip, xz, zstd and none are known", name);
	return NULL;
}
