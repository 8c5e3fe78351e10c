/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PACKAGE_PAYLOAD_H
#define PACKAGE_PAYLOAD_H
/*
 * What goes into a package: the files a run created or replaced as a whole, as its manifest
 * has them, held against the disk. And what it changed besides, which does not go in.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/configuration.h"
#include "base/digest.h"
#include "base/xattrs.h"
#include "buildaudit.h"
#include "package/elf.h"

struct member {
	char *path;   /* absolute */
	/* where it is on the disk, when that is not path: a document, a page that is compressed */
	char *source;
	char *copy;   /* of ours, that is packed in its place: stripped, say */
	char *target; /* a symlink's */
	mode_t mode;  /* with the file type */
	uid_t uid;
	gid_t gid;
	int64_t size, mtime_ns;
	dev_t rdev; /* a device node's */
	bool known;                       /* sha256 is the manifest's */
	bool wanted;                      /* somebody asked for it by its path */
	bool elf;                         /* begins as an ELF file or an archive of them */
	/* member_elf()'s */
	struct {
		bool asked, known;
		struct elf elf;
	} read;
	bool script;                      /* begins with #! */
	bool page; /* of a manual, to be compressed; a link: it leads to one */
	bool seen;                        /* for who reads a package back */
	int stays;                        /* an earlier run's, as ba_made() says */
	bool edited;                      /* packed as it stands, not as it was installed */
	bool replaced;                    /* there was something at its path before */
	bool theirs;                      /* somebody's that was moved or linked to its path */
	char *taken_by;                   /* another install that has it by now, or NULL */
	int64_t group;                    /* the manifest's hard link group, 0: none */
	/* the first name of a file with several; itself for that one */
	struct member *first;
	unsigned int links;               /* of the first: its names in the payload */
	struct buf xattrs;                /* as base/xattrs.h has them */
	char sha256[2 * SHA256_LEN + 1], md5[2 * MD5_LEN + 1]; /* hex; a link has its first's */
	dev_t dev;
	ino_t ino;
	int64_t ctime_ns;
};

/* A path that the run changed and that is not payload. */
struct bystander {
	char *path;
	char *owner; /* the package that has it, where that is why; else NULL */
	char *taken_by; /* or the install */
	bool removed, dir, same;
};

struct payload {
	struct member **entries; /* by path */
	size_t count;
	struct bystander *sides;
	size_t side_count;
	size_t taken_back; /* so much of what the run did is in its place no more */
};

/* Paths, each with all below it; to exclude it may be a glob. */
struct payload_rules {
	struct payload_rule {
		char *text;
		bool used; /* payload_read's: something of the run is meant by it */
	} *rules;
	size_t count;
};

/* Reads the manifest of a run. 0, or -1 after saying why. */
int payload_read(struct payload *p, struct ba *ba, int64_t run,
	const struct payload_rules *include, const struct payload_rules *exclude);
/*
 * A file (or folder) of root's that the run did not make, read
 * from source. Sorted in by payload_sort.
 */
int payload_add_extra(struct payload *p, const char *path, const char *source, bool dir);
/* What is there on the disk, a folder with all that is in it. The same. */
int payload_add_path(struct payload *p, const char *path);
/*
 * A folder that is there, as it is there but of that time, in seconds; anything else that has the
 * name is left out. Sorted in by payload_sort.
 */
int payload_add_folder(struct payload *p, const char *path, int64_t mtime);
void payload_sort(struct payload *p);
int payload_by_path(const void *a, const void *b);
/* Takes those out of which drops() says so. */
void payload_drop(struct payload *p, bool (*drops)(const struct payload *, const struct member *));
/* Those entries become bystanders for whom owner() has an answer: "" without an owner. 0 or -1. */
int payload_set_aside(struct payload *p,
	const char *(*owner)(const struct member *e, const void *data), const void *data);
/* The entry at path, or NULL. */
struct member *payload_find(const struct payload *p, const char *path);
void payload_release(struct payload *p);

/*
 * Of the first name of a file: what it says as an ELF file, as it is on the disk. It is read once;
 * NULL: it is none, or nobody can tell. Good as long as the member is.
 */
const struct elf *member_elf(struct member *e);

/* A manager leaves one alone that a person edited. A document, of doc/etc say, is none. */
static inline bool member_is_configuration(const struct member *e)
{
	return S_ISREG(e->mode) && !e->source && path_is_configuration(e->path);
}

static inline bool member_is_device(const struct member *e)
{
	return S_ISCHR(e->mode) || S_ISBLK(e->mode);
}

/* Where it is on the disk; and where the bytes are that are packed. */
static inline const char *member_source(const struct member *e)
{
	return e->source ? e->source : e->path;
}
static inline const char *member_bytes(const struct member *e)
{
	return e->copy ? e->copy : member_source(e);
}

#endif
