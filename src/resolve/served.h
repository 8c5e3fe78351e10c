/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RESOLVE_SERVED_H
#define RESOLVE_SERVED_H
/*
 * File systems that a process of the run serves itself (FUSE: bindfs, sshfs,
 * fuse-overlayfs, an AppImage). To look a name up there would be to wait for
 * the server, and the server may stand in a stop and wait for us, for ever:
 * such a wait cannot even be killed. So nothing there is ever asked for; what
 * the server itself writes elsewhere is on record as any other process's.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* So many are followed on the way to one file, as the kernel has it. */
#define SYMLINKS_MAX 40

struct served {
	uint64_t *devs;   /* of such file systems */
	size_t count;
	/* of those that were there before the run's first mount: others serve them */
	uint64_t *before;
	size_t before_count;
	bool begun;
};

void served_release(struct served *s);
/* The run is about to change its mounts; it has, in this task's namespace. */
void served_begin(struct served *s);
void served_learn(struct served *s, pid_t tid);

/*
 * Does the lookup of `text` from the task's `dirfd` come to one of
 * them? Asks only what no server answers.
 */
bool served_place(const struct served *s, pid_t tid, int dirfd, const char *text);
bool served_fd(const struct served *s, pid_t tid, int fd);

#endif
