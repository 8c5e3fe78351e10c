/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_RELAY_H
#define CMD_RELAY_H
/*
 * Who reads a database keeps others from writing it, until he has had his last row. What is printed
 * to a pipe may be read slowly, by a person with a pager say; and nobody's `make install` shall
 * wait for him. So a thread takes what is printed at once, keeps what cannot be written yet in a
 * file without a name, and goes on with it when the database is closed.
 */

/* Where standard output is a pipe or a socket; else nothing happens. */
void relay_begin(void);
/* Waits until all is written; nothing can be printed from then on. 0, or -errno of writing. */
int relay_end(void);

#endif
