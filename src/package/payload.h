/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_PAYLOAD_H
#define PACKAGE_PAYLOAD_H
/*
 * What goes into a package: the files a run created, as its manifest has them,
 * held against the disk. And what it changed besides, which does not go in.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/xattrs.h"
#include "buildaudit.h"

struct entry {
	char *path;   /* absolute */
	char *source; /* where it is read from, when that is not path; then mode and owner are our own */
	char *target; /* a symlink's */
	mode_t mode;  /* with the file type */
	uid_t uid;
	gid_t gid;
	int64_t size, mtime_ns;
	dev_t rdev; /* a device node's */
	bool known;                       /* sha256 is the manifest's */
	bool wanted;                      /* not from the manifest's created rows, but asked for */
	bool elf;                         /* begins as an ELF file or an archive of them */
	bool script;                      /* begins with #! */
	bool seen;                        /* for who reads a package back */
	int64_t group;                    /* the manifest's hard link group, 0: none */
	struct entry *first;              /* the first name of a file with several; itself for that one */
	unsigned int links;               /* of the first: its names in the payload */
	struct buf xattrs;                /* as base/xattrs.h has them */
	unsigned char sha256[SHA256_LEN], md5[MD5_LEN];
	dev_t dev;
	ino_t ino;
	int64_t ctime_ns;
};

/* A path that the run changed and that is not payload. */
struct side {
	char *path;
	bool removed, dir;
};

struct payload {
	struct entry **entries; /* by path */
	size_t count, room;
	struct side *sides;
	size_t side_count;
};

struct payload_rules {
	char **include, **exclude; /* paths, each with all below it; exclude may be a glob */
	size_t include_count, exclude_count;
	bool *include_used, *exclude_used; /* payload_read's */
};

/* Reads the manifest of a run. 0, or -1 after saying why. */
int payload_read(struct payload *p, struct ba *ba, int64_t run, struct payload_rules *rules);
/*
 * Reads every file: contents are hashed and compared with the manifest, links
 * and extended attributes found. What differs is listed; then -1. With md5, that
 * sum is told, too.
 */
int payload_check(struct payload *p, bool md5);
/* What was packed is still what is on the disk? */
int payload_unchanged(const struct payload *p);
/* A file (or folder) of root's that the run did not make, read from source. Sorted in by payload_sort. */
int payload_add_extra(struct payload *p, const char *path, const char *source, bool dir);
void payload_sort(struct payload *p);
/* The entry at path, or NULL. */
struct entry *payload_find(const struct payload *p, const char *path);
void payload_release(struct payload *p);

/* The next attribute that goes into a package; *at is NULL at first. False: there is none. */
bool entry_next_xattr(const struct entry *e, const char **at, struct xattr *out);

/* Where its bytes are. */
static inline bool entry_is_device(const struct entry *e)
{
	return S_ISCHR(e->mode) || S_ISBLK(e->mode);
}

static inline const char *entry_source(const struct entry *e)
{
	return e->source ? e->source : e->path;
}

#endif
