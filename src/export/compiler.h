/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EXPORT_COMPILER_H
#define EXPORT_COMPILER_H
/* What the words of a program say, if it is a compiler of C and its kin. */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct word {
	const char *text;
	bool is_source;
};

struct compilation {
	struct buf text;    /* what the words point into */
	struct word *words; /* the compiler's, without a wrapper before, and -MD and its like */
	size_t count, sources;
	const char *output; /* of -o, or NULL */
};

/*
 * `words`, each with a NUL behind it, are those of a program that was started in the folder cwd. 1:
 * it compiles something; 0: it does not; or -ENOMEM. Files of words (@FILE) are read, where they
 * are still there. To be released in any case.
 */
int compiler_read(struct compilation *c, const char *words, size_t count, const char *cwd);
void compiler_release(struct compilation *c);

#endif
