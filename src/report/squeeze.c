/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/squeeze.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "render/archive.h"
#include "render/say.h"

/* Lines that an editor can show; a multiple of four. */
#define LINE 120

static void add_group(struct buf *out, const unsigned char *group, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";
	unsigned int bits = (unsigned int)group[0] << 16 | (n > 1 ? group[1] << 8 : 0) |
		(n > 2 ? group[2] : 0);
	char four[4] = { digits[bits >> 18], digits[bits >> 12 & 63],
		n > 1 ? digits[bits >> 6 & 63] : '=', n > 2 ? digits[bits & 63] : '=' };

	buf_add(out, four, sizeof four);
}

void base64_add(struct buf *out, const unsigned char *data, size_t n)
{
	size_t i;

	for (i = 0; i < n; i += 3)
		add_group(out, data + i, n - i < 3 ? n - i : 3);
}

static void end_group(struct squeeze *q)
{
	add_group(&q->out, q->carry, q->carried);
	q->carried = 0;
	q->column += 4;
	if (q->column == LINE) {
		buf_addc(&q->out, '\n');
		q->column = 0;
	}
}

static int write_out(struct squeeze *q)
{
	int r = q->out.failed ? -ENOMEM : io_write_all(q->fd, q->out.data, q->out.len);

	buf_reset(&q->out);
	if (r < 0 && !q->failed) {
		say_failed("the report: %s", strerror(-r));
		q->failed = true;
	}
	return r;
}

/* What libarchive has compressed. */
static la_ssize_t take(struct archive *a, void *data, const void *bytes, size_t n)
{
	struct squeeze *q = data;
	size_t i;

	(void)a;
	for (i = 0; i < n; i++) {
		q->carry[q->carried++] = ((const unsigned char *)bytes)[i];
		if (q->carried == 3)
			end_group(q);
	}
	return write_out(q) < 0 ? -1 : (la_ssize_t)n;
}

static int fail(struct squeeze *q)
{
	const char *words = q->archive ? archive.error_string(q->archive) : NULL;

	if (!q->failed)
		say_failed("the report cannot be compressed: %s", words ? words : strerror(ENOMEM));
	q->failed = true;
	return -1;
}

static int begin_entry(struct squeeze *q)
{
	q->entry = archive.entry_new();
	if (!q->entry)
		return ARCHIVE_FATAL;
	archive.entry_set_mode(q->entry, S_IFREG | 0644);
	archive.entry_set_pathname(q->entry, "report");
	return archive.write_header(q->archive, q->entry);
}

int squeeze_begin(struct squeeze *q, int fd)
{
	int r;

	*q = (struct squeeze){ .fd = fd };
	if (archive_load() < 0)
		return -1;
	q->archive = archive.write_new();
	if (!q->archive)
		return fail(q);
	r = archive.write_set_format_raw(q->archive);
	if (r == ARCHIVE_OK)
		r = archive.write_add_filter_by_name(q->archive, "gzip");
	if (r == ARCHIVE_OK)
		r = archive.write_set_options(q->archive,
			"gzip:compression-level=6,gzip:!timestamp");
	if (r == ARCHIVE_OK)
		r = archive.write_set_bytes_in_last_block(q->archive, 1);
	if (r == ARCHIVE_OK)
		r = archive.write_open(q->archive, q, NULL, take, NULL);
	if (r == ARCHIVE_OK)
		r = begin_entry(q);
	return r == ARCHIVE_OK ? 0 : fail(q);
}

void squeeze_add(struct squeeze *q, struct buf *b)
{
	if (b->failed)
		fail(q);
	if (!q->failed && b->len && archive.write_data(q->archive, b->data, b->len) < 0)
		fail(q);
	buf_reset(b);
}

int squeeze_end(struct squeeze *q)
{
	if (q->failed || archive.write_close(q->archive) != ARCHIVE_OK)
		return fail(q);
	if (q->carried)
		end_group(q);
	return write_out(q);
}

void squeeze_release(struct squeeze *q)
{
	if (q->entry)
		archive.entry_free(q->entry);
	if (q->archive)
		archive.write_free(q->archive);
	buf_release(&q->out);
}
