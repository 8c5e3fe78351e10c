/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_PAGER_H
#define CMD_PAGER_H
/*
 * As git has it: on a terminal, what is printed goes through $PAGER, or less, which ends by itself
 * where all of it fits ($LESS, or FRX).
 */

/* --no-pager. */
void pager_forbid(void);
/* Where there is none (no terminal, PAGER=cat, no less), nothing happens. */
void pager_begin(void);
/* Waits until the person has read it. */
void pager_end(void);

#endif
