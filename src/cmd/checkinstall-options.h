/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_CHECKINSTALL_OPTIONS_H
#define CMD_CHECKINSTALL_OPTIONS_H
/* The options that checkinstall has, all of them. */
#include <stddef.h>

enum ci_kind {
	HEADING,  /* of the help */
	TYPE_OF,  /* `to` or the value */
	FIELD,    /* a text of the package; `to` is our own name for it */
	SWITCH,   /* yes or no; `to` is its name */
	PATHS,    /* --exclude */
	LIST_FILE, /* --include */
	FLAGS, UMASK, SHOW, REVIEW, DEFAULTS, RPM_I, RPM_U, NO_DOCS, REPLACE_SYSTEM,
	HELP, ABOUT,
	NOTHING,  /* known, and without meaning here: its help says why */
};

struct ci_option {
	const char *name;
	int letter, argument; /* getopt.h's words for the argument are none, required, optional */
	enum ci_kind kind;
	const char *to, *value, *help;
};

/*
 * The next option of a command line, as getopt_long_only(3) finds it: 1, with *opt set; 0: there
 * is none; -1: it is wrong, with *why a sentence for it.
 */
int ci_next_option(int argc, char **argv, const struct ci_option **opt, const char **why);
/* The one at that place of the table; NULL: no more. */
const struct ci_option *ci_option_at(size_t place);
/* The one of that name, or NULL. */
const struct ci_option *ci_option_named(const char *name);
void ci_print_help(void);

#endif
