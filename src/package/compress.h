/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_COMPRESS_H
#define PACKAGE_COMPRESS_H
/* The ways a package may be compressed, and what each is called where. */

/*
 * The one list of them: X(a row of struct compression), with `between` between two of them and
 * `last` before the last one.
 */
#define COMPRESSIONS(X, between, last)                                               \
	X("gzip", ".gz", "gzip:compression-level=1,gzip:!timestamp", "w6.gzdio") between \
	X("xz", ".xz", "xz:compression-level=2,xz:threads=2", "w2T2.xzdio") between      \
	X("zstd", ".zst", "zstd:compression-level=3", "w3T2.zstdio") last                \
	X("none", "", NULL, "w.ufdio")
/* Their names, in a sentence. */
#define COMPRESSION_NAME(name, ...) name
#define COMPRESSION_NAMES(last) COMPRESSIONS(COMPRESSION_NAME, ", ", last)

struct compression {
	const char *name;    /* ours, and libarchive's for its filter */
	const char *suffix;
	const char *options; /* libarchive's words; NULL: there is no filter */
	const char *rpm;     /* rpm's words */
};

/* The one of that name; NULL after saying that there is none. */
const struct compression *compression_named(const char *name);

#endif
