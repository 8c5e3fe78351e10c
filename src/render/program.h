/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RENDER_PROGRAM_H
#define RENDER_PROGRAM_H
/* A program, as a person asks for it. */
#include <stdbool.h>
#include <stdint.h>

struct program {
	const char *word; /* a name, a path or a glob; NULL: none is asked for */
	const char *path; /* where there is a slash in it: that, as the kernel has it */
};

/* The last component of a path. */
const char *program_name(const char *path);
/* What it was called, by its first word ("": there is none); else the name of its file. */
const char *program_called(const char *word, const char *exe);
/*
 * Does a process with this file and these arguments run it? By its file, by what it was called, or
 * as a script that its interpreter was given: install of `make install` is no program.
 */
bool program_is_run(const struct program *p, const char *exe, const char *argv);
/*
 * What tells whether two processes run the same: the script of an interpreter, else the file, and
 * the name that it was called by. text: and what an interpreter was given to run in its arguments.
 */
uint64_t program_hash(const char *exe, const char *argv, bool text);

#endif
