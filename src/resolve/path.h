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

struct dir_entry;

struct resolver {
	struct dir_entry *dirs; /* folder inode -> its name */
	/*
	 * Some process of the run has another root or mount namespace than ours:
	 * from then on every name is looked up through /proc/TID/root.
	 */
	bool roots_vary;
};

struct name {
	struct buf path; /* canonical; empty when it could not be told */
	struct inode now;
};

#define NAME_INIT { BUF_INIT, { 0 } }

void resolver_release(struct resolver *r);
/* A folder got another name: what was known of names is no longer true. */
void resolver_forget(struct resolver *r);

void name_release(struct name *n);

/*
 * The directory entry `text` (a symlink there is meant itself), as seen by
 * task `tid` from `dirfd`. 0, -ENOENT when a parent is not there, or -errno.
 */
int resolve_entry(struct resolver *r, pid_t tid, int dirfd, const char *text, struct name *out);
/* The file that `text` leads to, symlinks followed. As above; a symlink to nothing is -ENOENT. */
int resolve_target(struct resolver *r, pid_t tid, int dirfd, const char *text, struct name *out);
/*
 * The file behind the task's descriptor: -EBADF when it has no name (pipe,
 * socket). *deleted: the name is gone and only the descriptor is left.
 */
int resolve_fd(pid_t tid, int fd, struct name *out, bool *deleted);
/* `text` with the folder it starts from in front, by the text alone. 0 or -errno. */
int resolve_text(pid_t tid, int dirfd, const char *text, struct buf *out);
/* Only what stands there, without its name: the cheapest question. */
int resolve_stat(const struct resolver *r, pid_t tid, int dirfd, const char *text, bool follow,
	struct inode *out);

#endif
