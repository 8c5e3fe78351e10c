/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_PARENTS_H
#define BASE_PARENTS_H
/*
 * From a recorded name to the folder it stands in, without following a
 * symlink: recorded names have none in their folders, so one that is there
 * now was put there since. Everything an undo does goes through such a folder
 * and a last component, never through a whole path.
 */
#include "base/buf.h"

struct parents {
	int fd;          /* the folder that was opened last, -1: none */
	struct buf path; /* its name */
	int root;        /* the folder that is / of these names, not ours to close; -1: / itself */
};

#define PARENTS_INIT { -1, BUF_INIT, -1 }

/*
 * Names may be longer than a call takes (PATH_MAX): the way is gone in parts.
 *
 * The folder of path in *dir, which stays p's, and the last component in
 * *name. -ELOOP: a symlink, or something else that is no folder, stands among
 * the folders; -ENOENT: one is not there; -EINVAL: path is no name for us.
 */
int parents_open(struct parents *p, const char *path, int *dir, const char **name);
/* The same for a path that is too long for a call; any other stays as it is, with AT_FDCWD. */
int parents_reach(struct parents *p, const char *path, int *dir, const char **name);
/* Folders were made or removed: what is open may not be what has its name now. */
void parents_forget(struct parents *p);

#endif
