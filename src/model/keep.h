/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MODEL_KEEP_H
#define MODEL_KEEP_H
/*
 * The store of kept originals, a folder beside the database: each content
 * once, in a file named by its SHA-256 (ab/cdef...); and beside them the
 * receipts of the run (model/receipt.h).
 *
 * Nothing is destroyed before what it was is on disk. A file that goes whole
 * and that nobody else has open stays what it is, under one name more: link(2)
 * comes before the unlink in the journal of ext4 and XFS, so nothing need be
 * flushed. A lease is held on it until it has gone: where somebody came to it
 * all the same, it is copied before he is let in (model/keep-linked.h). What is changed
 * in place is copied and flushed, which takes milliseconds, once for each file
 * that was there before the run.
 *
 * An object that is there already is read before it is counted on: it may have
 * been damaged since, or a power cut may have come before its content.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "model/inode.h"
#include "model/object.h"
#include "model/sink.h"

#define KEEP_LIMIT_DEFAULT (1ULL << 30)

struct keeper {
	char *folder;
	bool off;
	uint64_t limit, used; /* bytes a run; what was stored so far */
	int64_t run_id;
	int dir, lock, receipts; /* folders, once they were needed; -1 */
	uint64_t dev;            /* the store's file system */
	bool ordered;            /* it does its steps in their order, whatever happens */
	bool new_folder;         /* in it, and not flushed yet */
	uint64_t last_receipt;
	int error;               /* why the folder cannot be used */
};

/* For the database at db_path; nothing is made before it is needed. 0 or -ENOMEM. */
int keep_init(struct keeper *k, const char *db_path, int64_t run_id) MUST_CHECK;
void keep_release(struct keeper *k);

/* A content on its way into the store. */
struct keeping {
	int copy; /* its copy, still under a name of its own; -1: there is none */
	int held; /* the file itself, which has the object's name, too, by a lease; else -1 */
	char name[OBJECT_NAME];
	unsigned char hash[SHA256_LEN];
	int error; /* of KEEP_FAILED: the -errno */
};

#define KEEPING_INIT { .copy = -1, .held = -1 }

/*
 * Reads the content of the regular file at path, which `now` was read of;
 * goes_whole: the call takes away its last name and changes nothing in it, and nobody
 * holds it by an O_PATH descriptor, of which no lease tells.
 * KEEP_WHOLE sets hash, and keep_end() makes it so; anything else says why not. Where it sets held,
 * that is for keep_settle() (model/keep-linked.h) once the call is over. None of the keeper's opens
 * waits for that lease.
 */
enum keep keep_begin(struct keeper *k, const char *path, const struct inode *now, bool goes_whole,
	struct keeping *g);
/*
 * The receipt of what is about to be lost; between the two, so
 * that one flush is for both. 0 or -errno.
 */
int keep_receipt(struct keeper *k, const struct touch *t, struct original *o) MUST_CHECK;
/* All of it is on disk before a loss on that file system can be. 0 or -errno. */
int keep_end(struct keeper *k, uint64_t victims_dev, struct keeping *g) MUST_CHECK;
/*
 * A new file in the store, for what is not whole yet, by a name that forget takes for no object.
 * What an earlier one has left there goes. A descriptor or -errno.
 */
#define KEEP_TEMP 32
int keep_temp(const struct keeper *k, char temp[KEEP_TEMP]) MUST_CHECK;

#endif
