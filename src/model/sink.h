/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MODEL_SINK_H
#define MODEL_SINK_H
/*
 * What the front half (trace, decode, resolve, record) tells whoever listens.
 * The numbers are the run's own and start at 1; 0 means none. Strings are the
 * caller's and are good until the call returns. Times are nanoseconds since
 * 1970-01-01 UTC. A sink never fails in the tracer's face: what it cannot keep
 * it counts, and says at the end.
 */
#include <stdbool.h>

#include "model/inode.h"
#include "model/op.h"

struct process_begin {
	uint32_t process, parent; /* numbers of lives, not pids */
	int pid, ppid;
	uint32_t exec; /* the image it starts in, its parent's */
	int64_t at;
};

struct process_end {
	uint32_t process;
	int status; /* as wait(2) gives it */
	int64_t at;
};

struct exec_begin {
	uint32_t exec, process;
	enum abi abi;
	/* a fork that changed a file before any exec of its own: its parent's */
	uint32_t inherited_from;
	const char *exe, *argv, *cwd; /* argv: a JSON array; all NULL when inherited */
	int64_t at;
};

struct event {
	uint32_t process, exec;
	enum op op;
	enum abi abi;
	uint32_t file; /* which inode, by our own number; 0 not known */
	const char *path, *old_path;
	uint32_t flags; /* open: O_*; rename: RENAME_* */
	int64_t mode;   /* permission bits; -1: the call has none */
	bool found;     /* open: it was so when the recorder came */
	int64_t at;
};

/* How a kept original was kept, or why it was not. */
enum keep {
	KEEP_NONE,     /* nothing was there, or nothing needs keeping */
	KEEP_WHOLE,    /* in the object store, under its digest */
	KEEP_EXCLUDED, /* outside what is kept */
	KEEP_OFF,      /* --no-backup */
	KEEP_LIMIT,    /* --backup-limit was reached */
	KEEP_FAILED,   /* could not be read, or changed while it was copied */
};

/* The first change to a path in a run: what stood there before. */
struct touch {
	const char *path;
	struct inode before;
	uint32_t before_file; /* which inode that was; 0 nothing was there */
	bool excluded; /* by the scope: a person would not call it installed */
	bool late; /* `before` could only be asked after the change */
};

/*
 * What a file that was there before the run is about to lose, by its number:
 * a file may go from name to name first. May be told in parts; the first of
 * each part is the truth.
 */
struct original {
	uint32_t file;
	/* of a regular file's content; KEEP_NONE: this part is not told */
	enum keep keep;
	const unsigned char *hash; /* with KEEP_WHOLE: 32 bytes of SHA-256 */
	const char *target;        /* a symlink's text, or NULL */
	const void *xattrs;        /* packed (base/xattrs.h), NULL: this part is not told */
	uint32_t xattrs_len;
	uint64_t receipt;          /* its number (model/receipt.h); 0: it has none */
};

struct sink {
	_Atomic bool ended; /* nobody listens any more: what is told is lost */
	void (*process_begin)(struct sink *s, const struct process_begin *p);
	void (*process_end)(struct sink *s, const struct process_end *p);
	void (*exec_begin)(struct sink *s, const struct exec_begin *e);
	void (*event)(struct sink *s, const struct event *e);
	void (*touch)(struct sink *s, const struct touch *t);
	void (*original)(struct sink *s, const struct original *o);
	/* Comes back when the run is on disk, with all that was told so far. */
	void (*secure)(struct sink *s);
	/* The file now at path is this one: another than was said last, or nobody knows. */
	void (*place)(struct sink *s, const char *path, uint32_t file);
	/* One file has, or had, both names. */
	void (*alias)(struct sink *s, uint32_t file, const char *name, const char *other);
	/* Used as it stood: what would be made was there (EEXIST), or a link written through. */
	void (*stood)(struct sink *s, const char *path);
	/*
	 * The run has mounted or unmounted a file system here, and what was told so far of this
	 * path, and of all below it, was of another one.
	 */
	void (*hidden)(struct sink *s, const char *path);
	/* A sentence for the run's notes; the same one is kept once. */
	void (*note)(struct sink *s, const char *text);
	/* The same, of what has made the record incomplete. */
	void (*lost)(struct sink *s, const char *text);
	/*
	 * The command itself has ended; wait(2)'s status, -1: it runs on, unrecorded.
	 * `left` processes stay behind.
	 */
	void (*command_end)(struct sink *s, int status, int64_t at, unsigned int left);
	/* From here on no file may be kept open: the command would find its file system busy. */
	void (*let_go)(struct sink *s);
};

#endif
