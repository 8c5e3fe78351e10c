/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/receipt.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"

/*
 * file keep excluded mode uid gid nlink size dev ino rdev mtime ctime,
 * and how many bytes of a link's text follow.
 */
#define NUMBERS                                                                         \
	"%u %u %u %u %u %u %u %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRId64 \
	" %" PRId64 " %d"
#define READ_NUMBERS                                                                    \
	"%u %u %u %u %u %u %u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNd64 \
	" %" SCNd64 " %d"
#define COUNT 14
#define FORMAT "1 "

void receipt_folder(char out[RECEIPT_NAME], int64_t run_id)
{
	snprintf(out, RECEIPT_NAME, "run-%" PRId64, run_id);
}

/* "-": it is not told. */
static void add_hex(struct buf *out, const void *data, size_t n)
{
	char *room = data && n ? buf_room(out, 2 * n + 1) : NULL;

	if (!data)
		buf_addc(out, '-');
	if (room) {
		digest_hex(data, n, room);
		out->len += 2 * n;
	}
	buf_addc(out, ' ');
}

/*
 * FORMAT numbers, digest and attributes in hex, then the text of a link and the path as they are.
 */
void receipt_pack(struct buf *out, const struct touch *t, const struct original *o)
{
	const struct inode *b = &t->before;

	buf_addf(out, FORMAT NUMBERS " ", o->file, (unsigned int)o->keep, (unsigned int)t->excluded,
		b->mode, b->uid, b->gid, b->nlink, b->size, b->dev, b->ino, b->rdev, b->mtime_ns,
		b->ctime_ns, o->target ? (int)strlen(o->target) : -1);
	add_hex(out, o->hash, SHA256_LEN);
	add_hex(out, o->xattrs, o->xattrs_len);
	buf_adds(out, o->target ? o->target : "");
	buf_adds(out, t->path);
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The next word, hex, over itself; n: how many bytes. NULL: it was "-", or no hex (*bad). */
static char *take_hex(char **at, size_t *n, bool *bad)
{
	char *start = *at, *end = strchr(start, ' ');
	size_t i;

	*n = end ? (size_t)(end - start) / 2 : 0;
	*bad = *bad || !end;
	if (!end || *start == '-') {
		*at = end ? end + 1 : start;
		return NULL;
	}
	for (i = 0; i < *n; i++) {
		int high = digit(start[2 * i]), low = digit(start[2 * i + 1]);

		*bad = *bad || high < 0 || low < 0;
		start[i] = (char)((high & 15) << 4 | (low & 15));
	}
	*at = end + 1;
	return start;
}

static int read_numbers(const char *text, struct touch *t, struct original *o, int *target)
{
	struct inode *b = &t->before;
	unsigned int keep, excluded;

	if (sscanf(text, READ_NUMBERS, &o->file, &keep, &excluded, &b->mode, &b->uid, &b->gid,
		    &b->nlink, &b->size, &b->dev, &b->ino, &b->rdev, &b->mtime_ns, &b->ctime_ns,
		    target) != COUNT)
		return -EINVAL;
	b->exists = true;
	t->before_file = o->file;
	t->excluded = excluded;
	o->keep = (enum keep)keep;
	return 0;
}

/* Past the numbers, each of which has a blank behind it. */
static char *after_numbers(char *text)
{
	int i;

	for (i = 0; text && i < COUNT; i++) {
		text = strchr(text, ' ');
		text += text != NULL;
	}
	return text;
}

int receipt_unpack(char *text, size_t len, struct touch *t, struct original *o,
	unsigned char hash[32])
{
	char *end = text + len, *at, *digest, *xattrs;
	size_t hash_len, xattrs_len;
	bool bad = false;
	int target;

	*t = (struct touch){ 0 };
	*o = (struct original){ 0 };
	if (strncmp(text, FORMAT, strlen(FORMAT)) ||
		read_numbers(text + strlen(FORMAT), t, o, &target) < 0 ||
		!(at = after_numbers(text + strlen(FORMAT))))
		return -EINVAL;
	digest = take_hex(&at, &hash_len, &bad);
	xattrs = take_hex(&at, &xattrs_len, &bad);
	if (bad || (digest && hash_len != SHA256_LEN) || target >= end - at)
		return -EINVAL;
	o->hash = digest ? memcpy(hash, digest, SHA256_LEN) : NULL;
	o->xattrs = xattrs;
	o->xattrs_len = xattrs ? (uint32_t)xattrs_len : 0;
	if (target >= 0) { /* one byte to the left, over the blank: room for its NUL */
		o->target = memmove(at - 1, at, (size_t)target);
		at[target - 1] = '\0';
		at += target;
	}
	t->path = at;
	return *at == '/' ? 0 : -EINVAL;
}
