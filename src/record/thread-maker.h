/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORD_THREAD_MAKER_H
#define RECORD_THREAD_MAKER_H
/*
 * The one place of the C library that makes threads. clone3(2) has its flags
 * in memory, where no filter sees CLONE_UNTRACED, so it stops at its entry.
 * But glibc calls it at one instruction, for pthread_create(3) and
 * posix_spawn(3) and nobody else, and never with that flag. Wherever the
 * library is mapped, that address ends in the same twelve bits, and what it
 * hands over in %rdx is one of its own functions. A call that looks like that
 * need not stop; one from anywhere else does, as does that of another libc.
 *
 * What was not done: ENOSYS for the first call, after which glibc keeps to
 * clone(2): then posix_spawnattr_setcgroup_np(3) fails in that process.
 * CLONE_PTRACE set in the struct, in place of an event at the caller: it is
 * the entry whose stop is waited for, the event comes with the child's own.
 */

/* The last twelve bits of the address after that instruction; -1: it was not found. */
int thread_maker_place(void);

#endif
