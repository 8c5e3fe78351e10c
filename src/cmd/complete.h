/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_COMPLETE_H
#define CMD_COMPLETE_H
/*
 * What may come next on a command line, for the shells, from the tables that read it: the files
 * in src/completions ask by `buildaudit __complete WORD...`, whose last word is begun.
 *
 * Each line is a word, and behind a tab what it means. The last is a colon and what else the
 * shell may offer: "files", "command" with the place of the first word of one, or "".
 */

/* argv[0] is none of the words. The exit status. */
int complete(int argc, char **argv);

#endif
