/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/original.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/io.h"
#include "render/say.h"
#include "render/text.h"

static bool is_object(const char *db, const struct ba_rows *rows, char *path)
{
	const char *hex = row_text(rows, "old_sha256");

	return strlen(hex) == 64 &&
		snprintf(path, PATH_MAX, "%s.d/%.2s/%s", db, hex, hex + 2) < PATH_MAX &&
		access(path, F_OK) == 0;
}

bool original_is_moved(const struct ba_rows *rows, char *path)
{
	const char *to = row_text(rows, "moved_to");
	struct stat st;

	return *to && snprintf(path, PATH_MAX, "%s", to) < PATH_MAX && lstat(to, &st) == 0 &&
		S_ISREG(st.st_mode) && st.st_size == row_number(rows, "old_size") &&
		io_ns(&st.st_mtim) == row_number(rows, "old_mtime_ns");
}

bool original_find(const char *db, const struct ba_rows *rows, char *path)
{
	if (strcmp(row_text(rows, "old_type"), "file") != 0)
		return false;
	if (row_number(rows, "old_size") == 0)
		return snprintf(path, PATH_MAX, "/dev/null") > 0;
	return is_object(db, rows, path) || original_is_moved(rows, path);
}

static int run_diff(const char *old, const char *old_label, const char *new, const char *new_label,
	struct buf *out)
{
	const char *const argv[] = { "diff", "-u", "--label", old_label, "--label", new_label, "--",
		old, new, NULL };
	int r = child_run(argv, out, CHILD_SHOWN);

	if (r == CHILD_NOT_THERE)
		say_always("diff is not here: install the package diffutils");
	return r < 0 ? r : r > 1 ? -EIO : 0;
}

int original_diff(const struct ba_rows *rows, const char *kept, struct buf *out)
{
	_cleanup_buf_ struct buf old = BUF_INIT, new = BUF_INIT;
	const char *path = row_text(rows, "path"), *run = row_text(rows, "run_id");
	bool there = access(path, F_OK) == 0 && strcmp(row_text(rows, "change"), "removed") != 0;

	buf_addf(&old, "%s\tbefore run %s", path, run);
	buf_addf(&new, "%s\t%s", path, there ? "now" : "gone");
	if (old.failed || new.failed)
		return -ENOMEM;
	return run_diff(kept, old.data, there ? path : "/dev/null", new.data, out);
}
