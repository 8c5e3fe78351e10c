/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/difference.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "render/original.h"
#include "render/text.h"

void difference_where(const struct cmd_call *call, const struct ba_rows *rows, struct buf *line)
{
	const char *to = row_text(rows, "moved_to");
	char path[PATH_MAX];
	bool found = original_find(call->db, rows, path), moved = original_is_moved(rows, path);

	if (*to && (moved || !found)) {
		buf_adds(line, "moved to ");
		render_name(line, to, strlen(to));
		/* of a run that is history, but an install's page is of what is there now */
		if (!moved && call->run < 0)
			buf_adds(line, ", changed or gone since");
	} else {
		buf_adds(line, found ? "original kept" : "original not kept");
	}
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

/* One that is a file before and after, or went. */
static int print_files(const struct ba_rows *rows, const char *kept)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	int r = original_diff(rows, kept, &out);

	if (r == 0 && out.len)
		print_output(out.data, out.len);
	return r;
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
	/* What was only moved did not go. */
	bool has_diff = *type ? !strcmp(type, "file") : !*row_text(rows, "moved_to");

	if (file && has_diff && original_find(call->db, rows, kept))
		return print_files(rows, kept);
	render_name(&line, path, strlen(path));
	buf_adds(&line, ": ");
	write_side(&line, rows, "old_type", "old_target");
	buf_adds(&line, " -> ");
	write_side(&line, rows, "type", "link_target");
	if (file) {
		buf_adds(&line, " (");
		difference_where(call, rows, &line);
		buf_addc(&line, ')');
	}
	render_line(&line);
	return 0;
}
