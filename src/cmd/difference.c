/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/difference.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "render/text.h"

/* Where the original is kept, if it is. */
static bool find_kept(const struct cmd_call *call, const struct ba_rows *rows, char *path)
{
	const char *hex = row_text(rows, "old_sha256");

	return strlen(hex) == 64 &&
		snprintf(path, PATH_MAX, "%s.d/%.2s/%s", call->db, hex, hex + 2) < PATH_MAX &&
		access(path, F_OK) == 0;
}

bool difference_is_kept(const struct cmd_call *call, const struct ba_rows *rows)
{
	char path[PATH_MAX];

	return find_kept(call, rows, path);
}

/* Its output, on a terminal with what that would obey shown; a tab is a tab. */
static void print_output(const char *s, size_t len)
{
	_cleanup_buf_ struct buf shown = BUF_INIT;
	size_t i, n;

	for (i = 0; render_is_terminal() && i < len; i += n + 1) {
		for (n = 0; i + n < len && s[i + n] != '\n' && s[i + n] != '\t'; n++)
			;
		buf_add_shown(&shown, s + i, n);
		if (i + n < len)
			buf_addc(&shown, s[i + n]);
	}
	if (render_is_terminal())
		fwrite(shown.data, 1, shown.len, stdout);
	else
		fwrite(s, 1, len, stdout);
}

static int run_diff(const char *old, const char *old_label, const char *new, const char *new_label)
{
	const char *const argv[] = { "diff", "-u", "--label", old_label, "--label", new_label, "--",
		old, new, NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	int r = child_run(argv, &out, CHILD_SHOWN);

	if (r == CHILD_NOT_THERE)
		complain("diff is not here: install the package diffutils");
	if (r < 0 || r > 1)
		return r < 0 ? r : -EIO;
	if (out.len)
		print_output(out.data, out.len);
	return 0;
}

/* One that is a file before and after, or went. */
static int print_files(const struct cmd_call *call, const struct ba_rows *rows, const char *kept)
{
	_cleanup_buf_ struct buf old = BUF_INIT, new = BUF_INIT;
	const char *path = row_text(rows, "path"), *run = row_text(rows, "run_id");
	bool there = access(path, F_OK) == 0 && strcmp(row_text(rows, "change"), "removed") != 0;

	buf_addf(&old, "%s\tbefore run %s", path, run);
	buf_addf(&new, "%s\t%s", path, there ? "now" : "gone");
	if (old.failed || new.failed)
		return -ENOMEM;
	return run_diff(kept, old.data, there ? path : "/dev/null", new.data);
}

static void write_side(struct buf *line, const struct ba_rows *rows, const char *type,
	const char *target)
{
	const char *what = row_text(rows, type), *holds = row_text(rows, target);

	buf_adds(line, *what ? what : "nothing");
	if (!*holds)
		return;
	buf_adds(line, " to ");
	render_name(line, holds, strlen(holds));
}

int difference_print(const struct cmd_call *call, const struct ba_rows *rows)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	const char *path = row_text(rows, "path"), *type = row_text(rows, "type");
	char kept[PATH_MAX];
	bool file = !strcmp(row_text(rows, "old_type"), "file");

	if (file && (!*type || !strcmp(type, "file")) && find_kept(call, rows, kept))
		return print_files(call, rows, kept);
	render_name(&line, path, strlen(path));
	buf_adds(&line, ": ");
	write_side(&line, rows, "old_type", "old_target");
	buf_adds(&line, " -> ");
	write_side(&line, rows, "type", "link_target");
	if (file && !find_kept(call, rows, kept))
		buf_adds(&line, " (the original was not kept)");
	render_line(&line);
	return 0;
}
