/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MODEL_INODE_H
#define MODEL_INODE_H
/*
 * What stands at a name at one moment, as statx(2) tells it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/parents.h"

struct inode {
	bool exists;    /* when false nothing else is set */
	uint32_t mode;  /* type and permission bits */
	uint32_t uid, gid, nlink;
	uint64_t size;  /* bytes */
	uint64_t dev, ino, rdev;
	uint64_t mount; /* the mount it was reached through; 0 before Linux 5.8 */
	int64_t mtime_ns, ctime_ns; /* since 1970-01-01 UTC */
	int64_t birth_ns;           /* 0 where the file system keeps none */
};

/*
 * statx(2) into i; flags are AT_*. A name that is not there is no error: it
 * gives exists = false. 0 or -errno.
 */
int inode_stat(struct inode *i, int dirfd, const char *path, int flags);

/*
 * What stands at a name that is on record: reached through folders alone (base/parents).
 * 0; or -errno, as parents_open() and statx(2) give it.
 */
int inode_at(struct inode *i, struct parents *parents, const char *path);

/*
 * One number for one file as long as it lives. The birth time tells a file
 * from a later one that was given the same inode number.
 */
uint64_t inode_identity(const struct inode *i);
/* The same of its numbers alone: what is known of it may lack the birth. */
uint64_t inode_place(const struct inode *i);
/* Was it there at ns (CLOCK_REALTIME)? Where no birth is known: no. */
bool inode_born_by(const struct inode *i, int64_t ns);
/* Was it made after that, if the clocks were right? No proof of it. Where no birth is known: no. */
bool inode_born_since(const struct inode *i, int64_t ns);
/* Both are there, of one type; files and symlinks of one size and time, too; of whatever mode. */
bool inode_is_like(const struct inode *a, const struct inode *b);
/*
 * Is it still what was looked at before, and as it was then? A folder changes with what is in it:
 * that one need be the same only.
 */
bool inode_stands_still(const struct inode *now, const struct inode *was);
/* A node of /dev or the like, whatever it is of (rdev). */
bool inode_is_device(const struct inode *i);
/* Is it this file that stands at path? With AT_SYMLINK_NOFOLLOW a symlink there is meant itself. */
bool inode_stands_at(const struct inode *i, const char *path, int flags);

#endif
