/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_FORKED_H
#define STORE_FORKED_H
/*
 * SQLite remembers, for all of a process, which locks it holds on which file,
 * and takes none twice. A fork takes that memory over, and none of the locks:
 * POSIX has them belong to the process. A recorder whose caller had the
 * database open would write without a lock of its own, and lose its rows to the
 * first who thinks that nobody is there (sqlite.org/howtocorrupt.html, 2.6).
 *
 * From the first call on, the forks of this process know of no file that was
 * open before: to SQLite, what they open is on another device. And none of them
 * is made while another thread holds a lock that they all need.
 */
void forked_watch(void);

#endif
