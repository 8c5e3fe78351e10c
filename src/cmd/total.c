/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/total.h"

#include <string.h>

#include "base/mix.h"
#include "cmd/cmd.h"
#include "render/text.h"

int64_t total_size(struct total *t, const struct ba_rows *rows)
{
	bool added = true;

	if (*row_text(rows, "nlink_group") &&
		!u64map_put(&t->groups,
			mix64((uint64_t)row_number(rows, "run_id") << 32 |
				(uint64_t)row_number(rows, "nlink_group")),
			&added))
		say_always("out of memory");
	return added ? row_number(rows, "size") : 0;
}

bool total_is_missing(const struct ba_rows *rows)
{
	int there = ba_rows_column(rows, "there");

	return there >= 0 && !ba_rows_int(rows, there);
}

void total_add(struct total *t, const struct ba_rows *rows)
{
	const char *type = row_text(rows, "type");
	bool file = !strcmp(type, "file");

	if (total_is_missing(rows)) {
		t->missing++;
		t->missing_bytes += file ? row_number(rows, "size") : 0;
	} else if (*row_text(rows, "change") == 'r') {
		t->removed++;
		t->removed_bytes += file ? row_number(rows, "size") : 0;
	} else if (file) {
		t->files++;
		t->bytes += total_size(t, rows);
	} else if (!strcmp(type, "dir")) {
		t->folders++;
	} else if (!strcmp(type, "symlink")) {
		t->links++;
	} else {
		t->others++;
	}
}

void total_release(struct total *t)
{
	u64map_release(&t->groups);
}

static void write_count(struct buf *line, int64_t n, const char *what)
{
	buf_addf(line, "%lld %s%s", (long long)n, what, n == 1 ? "" : "s");
}

void total_write(const struct total *t, struct buf *line)
{
	buf_adds(line, "total     ");
	write_count(line, t->files, "file");
	buf_adds(line, ", ");
	write_count(line, t->folders, "folder");
	buf_adds(line, ", ");
	write_count(line, t->links, "link");
	if (t->others) {
		buf_adds(line, ", ");
		write_count(line, t->others, "other");
	}
	buf_addf(line, ": %lld bytes", (long long)t->bytes);
	if (t->removed)
		buf_addf(line, "; removed: %lld, of %lld bytes", (long long)t->removed,
			(long long)t->removed_bytes);
	if (t->missing)
		buf_addf(line, "; missing: %lld, of %lld bytes", (long long)t->missing,
			(long long)t->missing_bytes);
}

void total_write_size(struct buf *line, const struct ba_rows *rows)
{
	if (!strcmp(row_text(rows, "type"), "file"))
		buf_addf(line, "%12lld  ", (long long)row_number(rows, "size"));
	else
		buf_addf(line, "%12s  ", "");
}

void total_write_target(struct buf *line, const struct ba_rows *rows)
{
	size_t len;
	const char *target = ba_rows_text(rows, ba_rows_column(rows, "link_target"), &len);

	if (!len)
		return;
	buf_adds(line, " -> ");
	render_name(line, target, len);
}
