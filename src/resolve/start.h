/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RESOLVE_START_H
#define RESOLVE_START_H
/* For path.c: the first step of every lookup. */
#include <limits.h>

#include "base/proc.h"
#include "model/inode.h"
#include "resolve/resolver.h"

/*
 * Where a lookup of ours starts to see what the task sees: `text` from `fd`.
 * In the usual case fd is AT_FDCWD and text begins with the name of the folder
 * that the task starts from. Where that name may not lead there (a rename is
 * under way, a mount hides it) it begins with the magic link to that folder,
 * /proc/TID/cwd or /proc/TID/fd/N, which is right always, and dear: the kernel
 * asks each time whether we may look.
 */
struct start {
	int fd;
	const char *text;
	pid_t tid;
	uint64_t how; /* RESOLVE_*: what the lookup may do */
	size_t base;  /* so much of text is the canonical name of its folder; 0: it is not */
	char room[PATH_MAX + PROC_PATH];
};

void start_release(struct start *s);

#define _cleanup_start_ __attribute__((cleanup(start_release)))

/* Of the task's `text` at its `dirfd`. 0 or -errno; released in either case. */
int start_at(struct start *s, struct resolver *r, pid_t tid, int dirfd, const char *text);
/* After a lookup from there ended with `error`: is there another way, and is it taken? */
bool start_again(struct start *s, int error, pid_t tid, int dirfd, const char *text);
/*
 * What stands at `text`, with AT_SYMLINK_NOFOLLOW the link itself. 0,
 * with out->exists false for nothing; or -errno.
 */
int start_stat(const struct start *s, const char *text, int flags, struct inode *out);
/* An O_PATH descriptor of it, or -errno. */
int start_open(const struct start *s, const char *text, int flags);

#endif
