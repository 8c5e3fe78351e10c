/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The manifest as other tools read it: mtree(5), sha256sum(1), md5sum(1). */
#include "render/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/io.h"
#include "render/say.h"
#include "render/text.h"

/* For printf(3), whatever type int64_t is. */
static long long number(const struct ba_rows *rows, const char *column)
{
	return row_number(rows, column);
}

/* vis(3) in octal, also for what mtree takes as a pattern or a comment. */
static void add_vis(struct buf *out, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c <= 0x20 || c >= 0x7f || strchr("\\#*?[]=", c))
			buf_addf(out, "\\%03o", c);
		else
			buf_addc(out, (char)c);
	}
}

/*
 * mtree(8) wants every folder of a name before the name. `last` is
 * what was printed before, with its folders.
 */
static void add_folders(struct buf *line, struct buf *last, const char *path)
{
	const char *p;

	for (p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
		size_t n = (size_t)(p - path);

		if (n == 0)
			continue;
		if (last->len >= n && !strncmp(last->data, path, n) &&
			(last->data[n] == '/' || last->data[n] == '\0'))
			continue;
		buf_addc(line, '.');
		add_vis(line, path, n);
		buf_adds(line, " type=dir");
		render_line(line);
	}
}

static void add_mtree(struct buf *line, const struct ba_rows *rows)
{
	const char *path = row_text(rows, "path"), *type = row_text(rows, "type"),
		   *sha = row_text(rows, "sha256");
	long long mtime = number(rows, "mtime_ns");

	buf_addc(line, '.');
	add_vis(line, path, strlen(path));
	buf_addf(line, " type=%s uid=%lld gid=%lld", !strcmp(type, "symlink") ? "link" : type,
		number(rows, "uid"), number(rows, "gid"));
	if (strcmp(type, "symlink") != 0)
		buf_addf(line, " mode=%04llo", (unsigned long long)number(rows, "mode"));
	if (!strcmp(type, "file"))
		buf_addf(line, " size=%lld time=%lld.%09lld", number(rows, "size"),
			mtime / 1000000000, mtime % 1000000000);
	if (!strcmp(type, "file") && *sha)
		buf_addf(line, " sha256=%s", sha);
	if (!strcmp(type, "char") || !strcmp(type, "block")) {
		buf_adds(line, " device=linux,");
		render_device(line, number(rows, "rdev"), ',');
	}
	if (!strcmp(type, "symlink")) {
		buf_adds(line, " link=");
		add_vis(line, row_text(rows, "link_target"), strlen(row_text(rows, "link_target")));
	}
	render_line(line);
}

int render_mtree(struct ba_rows *rows)
{
	_cleanup_buf_ struct buf line = BUF_INIT, last = BUF_INIT;
	int r;

	puts("#mtree\n. type=dir");
	while ((r = ba_rows_next(rows)) > 0) {
		add_folders(&line, &last, row_text(rows, "path"));
		add_mtree(&line, rows);
		buf_reset(&last);
		buf_adds(&last, row_text(rows, "path"));
	}
	return r;
}

/*
 * As sha256sum writes and reads it: a name with a newline or a
 * backslash is escaped, and its line begins so.
 */
static void add_sum(struct buf *line, const char *hex, const char *path)
{
	if (strpbrk(path, "\\\n\r"))
		buf_addc(line, '\\');
	buf_addf(line, "%s  ", hex);
	for (; *path; path++) {
		if (*path == '\\')
			buf_adds(line, "\\\\");
		else if (*path == '\n')
			buf_adds(line, "\\n");
		else if (*path == '\r')
			buf_adds(line, "\\r");
		else
			buf_addc(line, *path);
	}
	render_line(line);
}

/*
 * An MD5 is not on record; it is that of the file, provided
 * that the file is still the one recorded.
 */
static bool md5_of(const char *path, const char *sha256, char hex[2 * MD5_LEN + 1])
{
	_cleanup_close_ int fd = io_open_content(AT_FDCWD, path);
	unsigned char sha[SHA256_LEN], md5[MD5_LEN];
	char now[2 * SHA256_LEN + 1];

	if (fd < 0 || digest_both(fd, sha, md5) < 0)
		return false;
	digest_hex(sha, SHA256_LEN, now);
	digest_hex(md5, MD5_LEN, hex);
	return !strcmp(now, sha256);
}

int render_sums(struct ba_rows *rows, bool md5)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	char hex[2 * MD5_LEN + 1];
	int r, left_out = 0;

	while ((r = ba_rows_next(rows)) > 0) {
		const char *path = row_text(rows, "path"), *sha = row_text(rows, "sha256");

		if (strcmp(row_text(rows, "type"), "file"))
			continue;
		if (!*sha || (md5 && !md5_of(path, sha, hex))) {
			say_always("%s: %s", path,
				*sha ? "changed or removed since; it is left out" :
				       "its content is not on record");
			left_out = 1;
			continue;
		}
		add_sum(&line, md5 ? hex : sha, path);
	}
	return r < 0 ? r : left_out;
}
