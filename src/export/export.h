/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EXPORT_EXPORT_H
#define EXPORT_EXPORT_H
/*
 * A run in the form that another tool reads. Each form is a file of its own, and is written row by
 * row: what it takes of memory does not grow with the events.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "buildaudit.h"

struct export {
	struct ba *ba;
	int64_t run; /* below 0: an install */
	FILE *out;
	const char *of; /* csv: which listing */
	struct buf line; /* the next piece */
	int64_t began;   /* when its first process did; 0: not asked yet */
};

struct export_form {
	const char *name, *help;
	bool binary; /* nothing for a terminal */
	/* 0 or -errno; ba_error() has the words of -EIO and the like. */
	int (*write)(struct export *x);
};

extern const struct export_form export_perfetto, export_chrome, export_compile_commands, export_dot,
	export_csv;

/* NULL: there is no form of that name. */
const struct export_form *export_named(const char *name);

/* Writes x->line, and empties it. 0 or -errno. */
int export_put(struct export *x);

#endif
