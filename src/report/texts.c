/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/texts.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/io.h"
#include "render/original.h"
#include "render/text.h"
#include "report/columns.h"
#include "report/redact.h"

/* A report is for reading: of a text, of what differs in it, and of all that does. */
#define TEXT_MOST (1 << 20)
#define DIFF_MOST (256 << 10)
#define TOTAL_MOST (2 << 20)
#define LOOKED_AT 8192

/* state: why there is no diff, or "" or, where it is not of what the run left, "since". */
static const char *const text_columns[] = { "file", "run", "state", "diff", "old_size", "new_size",
	NULL };

struct texts {
	struct gather *g;
	const char *db;
	struct columns c;
	size_t total, count;
};

/* A regular file, open; -1. */
static int open_file(const char *path, struct stat *st)
{
	int fd = io_open_content(AT_FDCWD, path);

	if (fd >= 0 && fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		return fd;
	if (fd >= 0)
		drop_fd(fd);
	return -1;
}

/* NULL: it is one; else why it is not shown. */
static const char *is_text(int fd)
{
	char head[LOOKED_AT];
	ssize_t n = io_read_all(fd, head, sizeof head);

	if (n < 0)
		return "unreadable";
	return memchr(head, '\0', (size_t)n) ? "binary" : NULL;
}

static const char *look(const char *path, const char *otherwise)
{
	struct stat st;
	_cleanup_close_ int fd = open_file(path, &st);

	if (fd < 0)
		return otherwise;
	return st.st_size > TEXT_MOST ? "large" : is_text(fd);
}

/* What is there now is what the run left. */
static bool is_as_left(const struct ba_rows *rows)
{
	unsigned char digest[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];
	struct stat st;
	_cleanup_close_ int fd = open_file(row_text(rows, "path"), &st);

	if (fd < 0 || digest_sha256(fd, digest) < 0)
		return false;
	digest_hex(digest, sizeof digest, hex);
	return !strcmp(hex, row_text(rows, "sha256"));
}

/* The state of a row; with the diff, if there is one. */
static const char *make_diff(struct texts *t, const struct ba_rows *rows, struct buf *diff)
{
	char kept[PATH_MAX];
	const char *why;

	if (!original_find(t->db, rows, kept))
		return "not kept";
	why = look(kept, "not kept");
	if (!why)
		why = look(row_text(rows, "path"), "gone");
	if (why)
		return why;
	if (original_diff(rows, kept, diff) < 0)
		return "unreadable";
	if (diff->len > DIFF_MOST || t->total + diff->len > TOTAL_MOST)
		return "large";
	if (diff->len == 0)
		return "same";
	return is_as_left(rows) ? "" : "since";
}

static void add_text(struct texts *t, const struct ba_rows *rows)
{
	_cleanup_buf_ struct buf diff = BUF_INIT, masked = BUF_INIT;
	const char *state = make_diff(t, rows, &diff);
	bool shown = !*state || !strcmp(state, "since");

	if (!shown)
		buf_reset(&diff);
	if (shown)
		t->g->secrets += redact_text(diff.data, diff.len, &masked);
	t->total += diff.len;
	t->count += shown;
	columns_number(&t->c, gather_place(&t->g->files, row_number(rows, "path_id")));
	columns_number(&t->c, gather_place(&t->g->runs, row_number(rows, "run_id")));
	columns_text(&t->c, state);
	if (t->g->redact)
		columns_bytes(&t->c, masked.data ? masked.data : "", masked.len);
	else
		columns_bytes(&t->c, diff.data ? diff.data : "", diff.len);
	columns_number(&t->c, row_number(rows, "old_size"));
	columns_number(&t->c, row_number(rows, "size"));
	columns_row(&t->c);
}

int texts_gather(struct gather *g, const char *db, size_t *count)
{
	struct texts t = { .g = g, .db = db };
	_cleanup_ba_rows_ struct ba_rows *rows = NULL;
	int r = ba_replaced(g->ba, g->subject, &rows);

	columns_begin(&t.c, g->to, "texts", text_columns);
	while (r >= 0 && (r = gather_next(g, rows, 0, 0)) > 0)
		/* and not what was removed, nor what became something else */
		if (!strcmp(row_text(rows, "old_type"), "file") &&
			!strcmp(row_text(rows, "type"), "file"))
			add_text(&t, rows);
	columns_end(&t.c);
	columns_release(&t.c);
	*count = t.count;
	return r < 0 ? gather_failed(g) : 0;
}
