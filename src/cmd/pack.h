/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_PACK_H
#define CMD_PACK_H
/* What the commands that make a package have in common. */
#include "cmd/cmd.h"
#include "format/package.h"

/* A row of package/options.h as one of ours. */
#define PACKAGE_OPTION(letter, name, value, help, kept, types, kind) { letter, name, value, help },

/* Packs the run by a struct package_options; ->written is the package. An exit status. */
int pack_run(struct ba *ba, int64_t run, struct package_options *o);

#endif
