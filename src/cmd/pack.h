/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_PACK_H
#define CMD_PACK_H
/* What the commands that make a package have in common. */
#include "cmd/cmd.h"
#include "package/package.h"

/* A row of package/options.h as one of ours. */
#define PACKAGE_OPTION(letter, name, value, help, kept, types, kind) { letter, name, value, help },

/*
 * Records argv in a child (which becomes it) and waits, with what the terminal
 * sends left to the command; summary is told of the record, in another process.
 * Then packs it, from the database db (NULL: the usual one); o->written is the
 * package. A command that fails is our end, too. An exit status.
 */
int record_and_pack(struct ba_recording *rec, char **argv,
	void (*summary)(const struct ba_summary *, void *), const char *db,
	struct package_options *o);

#endif
