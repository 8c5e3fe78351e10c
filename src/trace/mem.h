/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACE_MEM_H
#define TRACE_MEM_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* So far below its stack pointer a function may have something of its own. */
#define MEM_BELOW_STACK 512U

/* n bytes at addr of a stopped task. 0 or -errno; a part is -EFAULT. */
int mem_read(pid_t tid, uint64_t addr, void *out, size_t n);
/* Writes n bytes there. 0 or -errno. */
int mem_write(pid_t tid, uint64_t addr, const void *data, size_t n);
/*
 * The string at addr, at most size - 1 bytes and a NUL, without touching a
 * page that the string does not reach. Its length, -ENAMETOOLONG when no NUL
 * comes in time, -EFAULT, or another -errno.
 */
ssize_t mem_read_string(pid_t tid, uint64_t addr, char *out, size_t size);

#endif
