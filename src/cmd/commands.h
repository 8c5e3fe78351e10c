/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H
/* The subcommands, all of them. */
#include <stdio.h>

#include "base/buf.h"
#include "cmd/cmd.h"

/* The subcommand at that place; NULL: no more. */
const struct cmd *commands_at(size_t place);
/* NULL: there is none of that name. */
const struct cmd *commands_find(const char *name);
/* " (did you mean 'list'?)", or nothing, behind a sentence on `word`. */
void commands_add_hint(struct buf *sentence, const char *word);
/* What `buildaudit -h` says. */
void commands_print_help(FILE *out);

#endif
