/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_MOUNTINFO_H
#define BASE_MOUNTINFO_H
/*
 * The mounts that a process sees, as /proc/PID/mountinfo has them
 * (proc_pid_mountinfo(5)): in the order in which they were mounted.
 *
 *	_cleanup_(mountinfo_release) struct mountinfo m = MOUNTINFO_INIT;
 *	struct mount_line line;
 *	int r = mountinfo_read(&m, 0);
 *
 *	while (r == 0 && mountinfo_next(&m, &line))
 *		...
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/cleanup.h"

struct mountinfo {
	struct buf text;
	size_t at; /* where the next line begins */
};
#define MOUNTINFO_INIT { BUF_INIT, 0 }

/* Strings in the text: good, and the caller's to write to, until mountinfo_release(). */
struct mount_line {
	uint64_t id, parent; /* parent: what it is mounted on; of a root one that is not here */
	char *dev;         /* "254:0" */
	char *root;        /* which folder of the file system is seen; "" is all of it */
	char *point;       /* where; "" is "/" */
	char *options;     /* "rw,nosuid", of the mount */
	char *type, *source;
	char *fs_options;  /* of the file system, at whatever place; each in its own quoting */
};

/* Of a process, or thread; 0: of this one. 0 or -errno. */
int mountinfo_read(struct mountinfo *m, pid_t pid) MUST_CHECK;
/* False: there is no more. */
bool mountinfo_next(struct mountinfo *m, struct mount_line *out) MUST_CHECK;
void mountinfo_release(struct mountinfo *m);

#endif
