/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORT_SQUEEZE_H
#define REPORT_SQUEEZE_H
/* Bytes into a file as lines of base64 of their gzip: what a page can hold, and unpack. */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/cleanup.h"

struct archive;
struct archive_entry;

struct squeeze {
	int fd;
	struct archive *archive;
	struct archive_entry *entry;
	unsigned char carry[3]; /* what does not fill a group of base64 yet */
	size_t carried, column;
	struct buf out;
	bool failed; /* said; what is added then is dropped */
};

/* 0, or -1 after saying why; squeeze_release() in any case. */
int squeeze_begin(struct squeeze *q, int fd) MUST_CHECK;
/* Takes what is in the buffer, and empties it. */
void squeeze_add(struct squeeze *q, struct buf *b);
/* All is written. 0, or -1 after saying why. */
int squeeze_end(struct squeeze *q) MUST_CHECK;
void squeeze_release(struct squeeze *q);

/* n bytes as base64, behind what is in out. */
void base64_add(struct buf *out, const unsigned char *data, size_t n);

#endif
