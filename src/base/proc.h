/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_PROC_H
#define BASE_PROC_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PROC_PATH 64
/* What is read of a table of the kernel's: of all mounts, sockets or locks. */
#define PROC_TABLE_MAX (16U << 20)

/*
 * "/proc/PID/what" and "/proc/PID/fd/FD", for every stop that names a file: a
 * tenth of what snprintf takes. `what` is one of the kernel's short names.
 */
void proc_path(char out[PROC_PATH], pid_t pid, const char *what);
void proc_fd_path(char out[PROC_PATH], pid_t pid, int fd);
/* The link to the folder that a name is relative to: AT_FDCWD's is "/proc/PID/cwd". */
void proc_dirfd_path(char out[PROC_PATH], pid_t pid, int dirfd);

/*
 * Is /proc what it should be? 0, -ENOENT when it is not mounted,
 * -ESRCH when it is another pid namespace's.
 */
int proc_check(void);
/* The flags of open(2) that a descriptor has; O_RDONLY also of one that is gone. */
long proc_fd_flags(pid_t pid, int fd);
/*
 * A line of /proc/PID/maps: is it a file, mapped shared and writable? Then its number, and its
 * name.
 */
bool proc_mapping_writes(const char *line, const char **name, uint64_t *ino);
/* The parent of a process as /proc tells it; 0 when it is gone. */
pid_t proc_parent(pid_t pid);
/* Whose it is, by its real user; 0 when it is gone. */
uid_t proc_user(pid_t pid);
/* Does it live in a pid namespace within ours, where numbers mean others? */
bool proc_is_nested(pid_t pid);
/* The number that it has for itself, in the innermost of its namespaces; 0 when it is gone. */
pid_t proc_own_number(pid_t pid);
/* Has it the capability (its number)? */
bool proc_is_capable(pid_t pid, int capability);
/* What a signal meets there, as bits; a process that is gone ignores it. */
#define PROC_IGNORES 1U /* by its own word */
#define PROC_HANDLES 2U
#define PROC_BLOCKS 4U
unsigned int proc_treats(pid_t tid, int sig);
/*
 * The process that a thread belongs to; its own tid for one that is a process; 0 when it is gone.
 */
pid_t proc_of_thread(pid_t tid);
/* What it is called (comm); "" when it is gone. */
#define PROC_NAME 32
void proc_name(char name[PROC_NAME], pid_t pid);
/* Who traces a thread; 0: nobody. */
pid_t proc_tracer(pid_t tid);
/* Is that a thread of this process? */
bool proc_is_traced_by_us(pid_t tid);
/* Its effective uid and gid. False when it is gone. */
bool proc_ids(pid_t pid, uid_t *uid, gid_t *gid);
/* A thread of the kernel's own (PF_KTHREAD)? */
bool proc_is_kernel(pid_t pid);
/*
 * Does it ignore the signal, by its own word or by default? False when it is gone. (Of SIGSTOP that
 * is not asked here: it depends on who sends it.)
 */
bool proc_ignores(pid_t tid, int sig);
/* How many seccomp filters it has; 0 also where the kernel (before 5.9) does not tell. */
unsigned int proc_filters(pid_t tid);
/* A thread's state, as in proc_pid_stat(5): 'R', 'S', 't' ...; NUL when it is gone. */
char proc_state(pid_t tid);
/* Does any of its threads run, or wait for a CPU or its tracer? False when it is gone. */
bool proc_is_running(pid_t pid);

#endif
