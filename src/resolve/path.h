/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RESOLVE_PATH_H
#define RESOLVE_PATH_H
/*
 * A name as a stopped task means it -> the name as the kernel would print it
 * (absolute, no symlink in its parents, in our own view of the file tree) and
 * what stands there now.
 */
#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "model/inode.h"
#include "resolve/resolver.h"

struct name {
	struct buf path; /* canonical; empty when it could not be told */
	struct inode now;
};

/* From about here on the kernel tells no name: " (deleted)" has to have room, too. */
#define LONG_NAME (PATH_MAX - 32)

#define NAME_INIT { BUF_INIT, { 0 } }

void name_release(struct name *n);

/*
 * The directory entry `text` (a symlink there is meant itself), as seen by
 * task `tid` from `dirfd`. 0, -ENOENT when a parent is not there, -ENODEV when
 * it is in no file tree of ours (resolve/mounts.h), -EXDEV when it is outside of
 * our root or mount namespace, -EREMOTE when it is on a
 * file system that must not be asked (resolve/served.h), or -errno. After
 * -ENOENT out->path holds, where that is known, the name from the root on, as
 * it was given.
 */
int resolve_entry(struct resolver *r, pid_t tid, int dirfd, const char *text, struct name *out);
/* The file that `text` leads to, symlinks followed. As above; a symlink to nothing is -ENOENT. */
int resolve_target(struct resolver *r, pid_t tid, int dirfd, const char *text, struct name *out);
/* The same of a file that an open may make: a symlink to nothing is 0, and nothing exists there. */
int resolve_made(struct resolver *r, pid_t tid, int dirfd, const char *text, struct name *out);
/* As resolve_entry; where a folder is not there, the name that it has if it comes, or had. */
int resolve_gone(struct resolver *r, pid_t tid, int dirfd, const char *text, struct name *out);
/*
 * The file behind the task's descriptor; -EXDEV as above, -EBADF when it has no name (pipe,
 * socket). *deleted: the name is gone and only the descriptor is left.
 */
int resolve_fd(struct resolver *r, pid_t tid, int fd, struct name *out, bool *deleted);
/*
 * As resolve_fd, for a file that was opened under the canonical name `asked`
 * (empty: not known): where it stands there, nobody need be asked for its name.
 */
int resolve_opened(struct resolver *r, pid_t tid, int fd, const struct buf *asked, struct name *out,
	bool *deleted);
/* Only what stands at the end of all symlinks, without its name. 0 or -errno. */
int resolve_stat(struct resolver *r, pid_t tid, int dirfd, const char *text, struct inode *out);

#endif
