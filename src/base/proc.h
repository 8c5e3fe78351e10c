/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_PROC_H
#define BASE_PROC_H
#include <sys/types.h>

/* The parent of a process as /proc tells it; 0 when it is gone. */
pid_t proc_parent(pid_t pid);
/* The process that a thread belongs to; its own tid for one that is a process; 0 when it is gone. */
pid_t proc_of_thread(pid_t tid);

#endif
