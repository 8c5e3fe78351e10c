/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/copy.h"

#include <errno.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

#define CHUNK (256U * 1024)

struct copy {
	int from, to;
	struct digest *digest; /* NULL: none is wanted */
	char *chunk;
	uint64_t stored;
};

static int add_zeros(struct copy *c, off_t n)
{
	static const char zeros[65536];

	for (; c->digest && n > 0; n -= (off_t)sizeof zeros)
		digest_add(c->digest, zeros, n < (off_t)sizeof zeros ? (size_t)n : sizeof zeros);
	return 0;
}

/* The data from `at` up to `end`, or to the end of the file when that comes first. */
static int copy_data(struct copy *c, off_t at, off_t end)
{
	while (at < end) {
		size_t want = end - at < (off_t)CHUNK ? (size_t)(end - at) : CHUNK;
		ssize_t n = pread(c->from, c->chunk, want, at);
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EAGAIN; /* cut shorter under our hands */
		if (c->digest)
			digest_add(c->digest, c->chunk, (size_t)n);
		if (c->to >= 0) {
			if (lseek(c->to, at, SEEK_SET) < 0)
				return -errno;
			r = io_write_all(c->to, c->chunk, (size_t)n);
			if (r < 0)
				return r;
			c->stored += (uint64_t)n;
		}
		at += n;
	}
	return 0;
}

static int copy_pieces(struct copy *c, off_t size)
{
	off_t at = 0;
	int r = 0;

	while (r == 0 && at < size) {
		off_t data = lseek(c->from, at, SEEK_DATA), hole;

		if (data < 0 && errno == ENXIO)
			data = size; /* the rest is a hole */
		else if (data < 0)
			data = at; /* the file system does not tell */
		if (data > size)
			data = size;
		r = add_zeros(c, data - at);
		if (r < 0 || data == size)
			break;
		hole = lseek(c->from, data, SEEK_HOLE);
		if (hole < 0 || hole > size)
			hole = size;
		r = copy_data(c, data, hole);
		at = hole;
	}
	return r;
}

int copy_content(int from, int to, unsigned char *hash, uint64_t *stored)
{
	_cleanup_free_ char *chunk = malloc(CHUNK);
	_cleanup_(digest_freep) struct digest *digest = hash ? digest_new(DIGEST_SHA256) : NULL;
	struct copy c = { .from = from, .to = to, .digest = digest, .chunk = chunk };
	struct stat st;
	int r = 0;

	if (hash && !digest)
		r = digest_error(DIGEST_SHA256);
	else if (!c.chunk)
		r = -ENOMEM;
	else if (fstat(from, &st) < 0)
		r = -errno;
	/* With the blocks shared, only the hash is left to do. */
	if (r == 0 && st.st_size && ioctl(to, FICLONE, from) == 0)
		c.to = -1;
	if (r == 0 && (c.to >= 0 || hash))
		r = copy_pieces(&c, st.st_size);
	if (r == 0 && c.to >= 0 && ftruncate(to, st.st_size) < 0)
		r = -errno;
	if (r < 0)
		return r;
	if (hash)
		digest_end(c.digest, hash);
	if (stored)
		*stored = c.stored;
	return 0;
}
