/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_EARLY_H
#define STORE_EARLY_H
/*
 * Digests taken while the command still runs, on a CPU that would be idle: at
 * the end the status waits for those that are missing.
 *
 * A file is read when every process that opened it for writing has ended and
 * none of them had children since, who might hold the descriptor: then what
 * changes its content has to open it first, and that is told here. A file whose
 * last write is that new that the next one could have the same time waits a
 * moment. At the end its size and time must be what they were.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/u64map.h"
#include "model/inode.h"

struct early_opener;
struct early_job;
struct early_result;
struct early_file;

struct early {
	/* the writer's thread only */
	struct early_opener *openers; /* lives that have opened a file for writing */
	struct early_file *files;     /* by number */
	size_t file_room, noted;
	bool has_thread;
	pthread_t thread;
	/* both threads */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct early_job *first, **last;
	size_t waiting;
	bool stop, reading;
	struct u64map at; /* file -> its place below */
	struct early_result *results;
	size_t count, room;
};

void early_begin(struct early *e);
/* No more is read from here on, and no file kept open; what is known stays. On any thread. */
void early_let_go(struct early *e);
void early_release(struct early *e);

/* A life opened a file in a way that may change it, by this name. */
void early_opened(struct early *e, uint32_t life, uint32_t file, const char *path);
/* A file's content was changed by its name alone. */
void early_changed(struct early *e, uint32_t file);
/* A life made a child; a life ended. */
void early_forked(struct early *e, uint32_t life);
void early_ended(struct early *e, uint32_t life);

/* The digest of a file that is `now` so; false: not known. */
bool early_hash(struct early *e, uint32_t file, const struct inode *now,
	unsigned char out[SHA256_LEN]);

#endif
