/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FORMAT_PACKAGE_H
#define FORMAT_PACKAGE_H
/*
 * A run -> a package. Everything is checked before anything is written, and
 * the package gets its name only when it is whole and on disk.
 */
#include "package/metadata.h"

/* 0 with o->written set, or -1 after saying why; then no package is left. */
int package_make(struct ba *ba, int64_t run, struct package_options *o);
/*
 * Before the command runs, as far as it is known by now: can the package that it is for be called
 * so, and, if it is to be installed, take the place of what is there under its name? 0, or -1 after
 * saying why not.
 */
int package_may_begin(struct package_options *o);
/*
 * An option by its long name: those of options.h, and type, include, exclude, force. 1 it was, 0 it
 * is none, -1 after saying why it cannot be.
 */
int package_setting(struct package_options *o, const char *name, const char *value);
/* What this system installs. */
enum package_type package_type_here(void);

#endif
