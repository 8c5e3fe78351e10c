/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_COMPRESS_H
#define PACKAGE_COMPRESS_H
/* The ways a package may be compressed, and what each is called where. */

struct compression {
	const char *name;    /* ours, and libarchive's for its filter */
	const char *suffix;
	const char *options; /* libarchive's words; NULL: there is no filter */
	const char *rpm;     /* rpm's words */
};

/* The one of that name; NULL after saying that there is none. */
const struct compression *compression_named(const char *name);

#endif
