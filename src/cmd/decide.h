/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_DECIDE_H
#define CMD_DECIDE_H
/* A run that has just ended: is it kept? A person is asked, or its failure says so. */
#include <stdint.h>

/*
 * Shows what the run changed, and asks until it is kept or taken back; db NULL: the usual one.
 * 0: it stays; EXIT_NO: it was taken back.
 */
int decide_by_asking(const char *db, int64_t run);
/* Takes it back. Its exit status: 0, or EXIT_NO or EXIT_FAILED where that was not all of it. */
int decide_against(const char *db, int64_t run);

#endif
